"""The whole way on an AWS that is embedded in this machine, and the child process that it runs in."""
