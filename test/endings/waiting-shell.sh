#!/bin/sh
# A shell that waits for what it runs, as some do, instead of becoming it.
/bin/sh "$@"
exit $?
