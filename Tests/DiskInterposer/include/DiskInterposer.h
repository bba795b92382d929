// There is nothing to call: the library is preloaded into a process.
