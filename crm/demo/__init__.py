"""Workshop: a fictitious district. Its names, codes and telephone numbers belong to nobody."""
