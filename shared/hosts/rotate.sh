#!/bin/sh
# rotate.sh of fleetseal @version@
# shellcheck source=parts/log.sh
. ./parts/log.sh

fail 'this version of the service has no rotate.sh yet'
