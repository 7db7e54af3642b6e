#Requires -Version 5.1
# bootstrap.ps1 of fleetseal @version@
throw 'this version of the service has no bootstrap.ps1 yet'
