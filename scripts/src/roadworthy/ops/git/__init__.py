"""The door to git: a repository that is asked, made, written to, or reached from elsewhere.

https://git-scm.com/docs
"""
