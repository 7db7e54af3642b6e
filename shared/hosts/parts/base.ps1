# What bootstrap.ps1 and rotate.ps1 have in common. Needs: directory.
. ./parts/log.ps1
. ./parts/wait.ps1
. ./parts/time.ps1
. ./parts/der.ps1
. ./parts/block.ps1
. ./parts/pem.ps1
. ./parts/key.ps1
. ./parts/request.ps1
. ./parts/files.ps1
. ./parts/certificate.ps1
. ./parts/settings.ps1
. ./parts/state.ps1
. ./parts/pair.ps1
. ./parts/program.ps1
. ./parts/agent.ps1
. ./parts/task.ps1
. ./parts/directory.ps1
