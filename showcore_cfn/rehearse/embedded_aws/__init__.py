"""What runs inside the embedded AWS: a child process in an environment of its own.

This folder is put on the child's path as the top-level package `embedded_aws`, so it imports nothing of
`showcore_cfn`: only the standard library, ministack and the botocore that ministack brings.
"""
