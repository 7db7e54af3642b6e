#!/bin/sh
# bootstrap.sh of fleetseal @version@
# shellcheck source=parts/log.sh
. ./parts/log.sh
# shellcheck source=parts/wait.sh
. ./parts/wait.sh
# shellcheck source=parts/request.sh
. ./parts/request.sh
# shellcheck source=parts/files.sh
. ./parts/files.sh
# shellcheck source=parts/lock.sh
. ./parts/lock.sh
# shellcheck source=parts/pair.sh
. ./parts/pair.sh

fail 'this version of the service has no bootstrap.sh yet'
