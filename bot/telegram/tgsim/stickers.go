package tgsim

type stickerSet struct{}
type commandScope struct{}
type Command struct{}
