"""What stands in the account, held against the plan: live checks, each named by the task it answers.

A check is one small function over facts. A fact is a question about the account with the IAM actions that
asking it takes; `showcore_cfn.aws` answers, tests give the answers as values. Nothing in here calls AWS.
"""
