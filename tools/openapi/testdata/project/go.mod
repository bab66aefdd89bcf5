module github.com/huiyin/huiyin

go 1.26
