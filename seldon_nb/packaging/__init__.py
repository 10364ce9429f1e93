"""What a model needs beside the server's image: packages in other versions, or code of its own.

What lives here: packing an environment by content, and the text of an image build.
What must not: where the packed thing is kept, and when it is made.
"""
