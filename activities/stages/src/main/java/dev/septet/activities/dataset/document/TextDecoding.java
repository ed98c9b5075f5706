package dev.septet.activities.dataset.document;

import dev.septet.dsl.text.PublicText;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** From the bytes of a text file to text: UTF-8, or UTF-16 with a byte order mark. */
final class TextDecoding {
    private static final int LINE_FEED = '\n';

    private TextDecoding() {}

    /**
     * The text of a file, without a byte order mark.
     *
     * @throws UnreadableDocument when the bytes have another encoding, or are no text
     */
    static String decode(byte[] bytes) throws UnreadableDocument {
        if (begins(bytes, 0xFF, 0xFE, 0, 0) || begins(bytes, 0, 0, 0xFE, 0xFF)) {
            throw new UnreadableDocument(PublicText.of("is encoded in UTF-32, expected UTF-8; convert it"));
        }
        if (begins(bytes, 0xFF, 0xFE)) {
            return decode(bytes, 2, StandardCharsets.UTF_16LE, "UTF-16");
        }
        if (begins(bytes, 0xFE, 0xFF)) {
            return decode(bytes, 2, StandardCharsets.UTF_16BE, "UTF-16");
        }
        return decode(bytes, begins(bytes, 0xEF, 0xBB, 0xBF) ? 3 : 0, StandardCharsets.UTF_8, "UTF-8");
    }

    private static String decode(byte[] bytes, int start, Charset charset, String title) throws UnreadableDocument {
        CharsetDecoder decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes, start, bytes.length - start);
        CharBuffer out =
                CharBuffer.allocate((int) Math.ceil((bytes.length - start) * (double) decoder.maxCharsPerByte()) + 1);
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            throw new UnreadableDocument(
                    line(text),
                    PublicText.of(
                            "byte %,d of the file is not %s; save the file as UTF-8",
                            in.position(), PublicText.said(title)));
        }
        int binary = text.indexOf('\0');
        if (binary >= 0) {
            String before = text.substring(0, binary);
            long at = start + (long) before.getBytes(charset).length;
            throw new UnreadableDocument(
                    line(before), PublicText.of("byte %,d of the file is 0, so it is no text", at));
        }
        return text;
    }

    private static long line(String before) {
        return 1 + before.chars().filter(c -> c == LINE_FEED).count();
    }

    private static boolean begins(byte[] bytes, int... start) {
        for (int i = 0; i < start.length; i++) {
            if (i >= bytes.length || (bytes[i] & 0xFF) != start[i]) {
                return false;
            }
        }
        return true;
    }
}
