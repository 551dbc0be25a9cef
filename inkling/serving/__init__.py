"""Reading in processes of their own, so that one file takes neither the server nor its turn."""
