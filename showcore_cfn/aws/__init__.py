"""The border to AWS: the only package that imports boto3. What leaves it are the values of `values.py`."""
