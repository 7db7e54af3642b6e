#Requires -Version 5.1
# rotate.ps1 of fleetseal @version@
throw 'this version of the service has no rotate.ps1 yet'
