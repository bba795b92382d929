// libzmq 4.3, as it is: its functions and its numbers import.
#include <zmq.h>
