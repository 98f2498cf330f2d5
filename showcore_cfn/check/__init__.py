"""What is said of templates before they leave the machine: cfn-lint in process, rules of AWS, rules of the plan."""
