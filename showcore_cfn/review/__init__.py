"""What a change means before it is made: two sets of templates resolved and compared, with risk, access and cost."""
