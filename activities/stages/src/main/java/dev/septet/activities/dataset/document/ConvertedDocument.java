package dev.septet.activities.dataset.document;

import dev.septet.dsl.text.PublicText;
import dev.septet.llm.sandbox.SandboxedConversion;
import dev.septet.llm.sandbox.SandboxedConversion.Refusal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A document that a child process reads, and the child's main class. The child writes parts: a form feed, the place, a
 * line feed, and the text, in which a form feed is a space.
 */
public final class ConvertedDocument {
    private static final char PART = '\f';

    /** Characters of the longest place. */
    private static final int PLACE = 10;

    private ConvertedDocument() {}

    /** Reads a document in a child process. */
    static DocumentText read(DocumentKind kind, Path path) throws IOException {
        List<String> arguments = List.of(kind.name(), path.toRealPath().toString());
        try (SandboxedConversion conversion =
                        SandboxedConversion.start(ConvertedDocument.class, Files.size(path), arguments);
                BufferedReader parts =
                        new BufferedReader(new InputStreamReader(conversion, StandardCharsets.UTF_8), 1 << 16)) {
            return parse(parts);
        } catch (SandboxedConversion.Failed e) {
            throw new UnreadableDocument(PublicText.said(String.valueOf(e.getMessage())));
        }
    }

    private static DocumentText parse(BufferedReader parts) throws IOException {
        DocumentText text = new DocumentText();
        StringBuilder part = new StringBuilder();
        int place = 1;
        for (int c = parts.read(); c >= 0; c = parts.read()) {
            if (c == PART) {
                text.append(place, part);
                part.setLength(0);
                place = place(parts);
            } else {
                part.append((char) c);
            }
            if (text.length() + part.length() > DocumentKind.MAX_TEXT) {
                throw new UnreadableDocument(PublicText.of(
                        "has more than %,d characters of text; divide the document", DocumentKind.MAX_TEXT));
            }
        }
        text.append(place, part);
        return text;
    }

    private static int place(BufferedReader parts) throws IOException {
        int place = 0;
        int digits = 0;
        for (int c = parts.read(); c >= '0' && c <= '9' && digits < PLACE; c = parts.read()) {
            place = place * 10 + c - '0';
            digits++;
        }
        return Math.max(1, place);
    }

    /**
     * Converts a document and ends this process.
     *
     * @param arguments the kind, and the file's path
     */
    public static void main(String[] arguments) {
        DocumentKind kind = DocumentKind.valueOf(arguments[0]);
        Path file = Path.of(arguments[1]);
        SandboxedConversion.run(
                List.of(file),
                () -> {
                    if (kind == DocumentKind.PDF) {
                        PdfText.prepare();
                    }
                },
                out -> write(kind, file, out));
    }

    private static void write(DocumentKind kind, Path file, OutputStream out) throws IOException {
        Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        try {
            if (kind == DocumentKind.PDF) {
                PdfText.write(file, (page, text) -> part(writer, page, text));
            } else {
                DocumentText text = HtmlText.of(DocumentKind.content(file));
                for (int from = 0, to; from < text.length(); from = to) {
                    to = text.partEnd(from);
                    part(writer, text.place(from), text.text(from, to));
                }
            }
        } catch (UnreadableDocument e) {
            throw new Refusal(e.reason().toString());
        }
        writer.flush();
    }

    private static void part(Writer writer, int place, String text) throws IOException {
        writer.write(PART + Integer.toString(place) + '\n');
        writer.write(text.replace(PART, ' '));
    }
}
