package dev.septet.activities.dataset.document;

import dev.septet.activities.dataset.file.SourceContent;
import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The kinds of documents, by the file name's ending. */
public enum DocumentKind implements SourceContent {
    TEXT("plain text", ".txt") {
        @Override
        DocumentText read(Path path) throws IOException {
            return PlainTexts.plain(content(path));
        }
    },
    MARKDOWN("Markdown", ".md") {
        @Override
        DocumentText read(Path path) throws IOException {
            return PlainTexts.markdown(content(path));
        }
    },
    /** A large file is read in a child process, because its tree needs many times its memory. */
    HTML("HTML", ".html .htm") {
        @Override
        DocumentText read(Path path) throws IOException {
            return Files.size(path) <= MAX_TREE ? HtmlText.of(content(path)) : ConvertedDocument.read(this, path);
        }
    },
    /** Read in a child process only. */
    PDF("PDF", ".pdf") {
        @Override
        DocumentText read(Path path) throws IOException {
            return ConvertedDocument.read(this, path);
        }

        @Override
        long maxBytes() {
            return MAX_PDF;
        }
    };

    /** Largest size of a text file, in bytes: 64 MB. Also the largest number of characters of a document. */
    static final int MAX_TEXT = 64_000_000;

    /** Largest size of a PDF file, in bytes: 256 MB. Most of it may be images. */
    static final long MAX_PDF = 256_000_000;

    /** Largest size of an HTML file that is read in this process, in bytes. */
    static final int MAX_TREE = 128 << 10;

    private final String title;
    /** Separated by spaces. */
    private final String endings;

    DocumentKind(String title, String endings) {
        this.title = title;
        this.endings = endings;
    }

    /** The kind of a file; empty for a file that is no document. */
    public static Optional<DocumentKind> of(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (DocumentKind kind : values()) {
            if (Stream.of(kind.endings.split(" ")).anyMatch(lower::endsWith)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** The file's text, which may be empty. */
    abstract DocumentText read(Path path) throws IOException;

    long maxBytes() {
        return MAX_TEXT;
    }

    /**
     * The text of a document.
     *
     * @throws UnreadableDocument when it is too large, damaged, or has no text
     */
    final DocumentText text(Path path) throws IOException {
        long bytes = Files.size(path);
        if (bytes == 0) {
            throw new UnreadableDocument(PublicText.of("is empty"));
        }
        if (bytes > maxBytes()) {
            throw new UnreadableDocument(
                    PublicText.of("is %,d bytes long, expected at most %,d; divide the document", bytes, maxBytes()));
        }
        DocumentText text = read(path);
        if (text.length() > MAX_TEXT) {
            throw new UnreadableDocument(PublicText.of(
                    "has %,d characters, expected at most %,d; divide the document", text.length(), MAX_TEXT));
        }
        if (text.text().isBlank()) {
            throw new UnreadableDocument(
                    this == PDF
                            ? PublicText.of("has no text: its pages are images; recognize their text first (OCR)")
                            : PublicText.of("has no text"));
        }
        return text;
    }

    /**
     * The text of a file's bytes.
     *
     * @throws UnreadableDocument when they have no known encoding
     */
    static String content(Path path) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(MAX_TEXT);
        }
        return TextDecoding.decode(bytes);
    }

    /** The bytes of the document, which are no rows. */
    @Override
    public InputStream open(Path path, String name) throws IOException {
        return Files.newInputStream(path);
    }

    @Override
    public long size(Path path, String name) throws IOException {
        return Files.size(path);
    }

    @Override
    public String title() {
        return title;
    }
}
