"""Who needs which IAM actions, derived from what AWS says of the resource types in the templates.

`actions` (which actions exist, and what they take), `handlers` (what a set of templates asks of CloudFormation's
role), `optional` and `added` (sourced tables: what a property brings, what the schemas leave out), `resources`
(our names as ARNs), `statements` (from actions to statements, each with its reason), `principals` (whose policies
there are), `documents` (split to IAM's limits, written with awacs), `commands` (what each command calls).
"""
