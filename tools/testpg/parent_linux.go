package main

import "syscall"

// dieWithParent makes the kernel stop the server even if testpg is killed.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGQUIT }
