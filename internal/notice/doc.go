// Package notice makes the documents of written notices (告知书 / 意见书) and the
// proof of their service (送达回证): pages that a browser prints on A4, or into a
// PDF. They are documents of Chinese law, so they are in Chinese whoever asks.
//
// It guarantees that a notice says and looks for ever as it did when it was
// issued: a template is never changed once it has been used, but gets a further
// version, and each notice names the one that it was made with. It guarantees
// that what people wrote stands in a page as they wrote it and never as markup,
// and that a page runs nothing and asks no address for anything. It reads
// nothing but its own templates: what a document says is handed to it, masked
// where it has to be.
package notice
