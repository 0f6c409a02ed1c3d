"""python -m todos_service serve | migrate"""

import sys

from service_common import command_line

app = command_line.create("todos_service", "Todos.")

if __name__ == "__main__":
    sys.exit(app())
