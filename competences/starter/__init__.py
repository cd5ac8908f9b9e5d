"""What an empty database of the demo is filled with: two small editions, DigComp by name, invented people.

The words are this project's own. The codes and names of jobs, and DigComp's codes and names, are facts.
`services/starter.py` loads all of it; nothing else reads these files.
"""
