package dev.septet.activities.audit.chain;

import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.encryption.DamagedCiphertextException;
import dev.septet.activities.encryption.MissingKeyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The stored form of the log's lines. With keys, each line is encrypted separately and bound to its
 * sequence number, so that a log may change its key between any two lines:
 *
 * <pre>
 * {"encrypted":"base64","key":"NAME","sequence":7}
 * </pre>
 *
 * The chain and the digests are those of the unencrypted lines.
 *
 * @param log folder of the log, for messages
 */
public record LineEncryption(AtRestEncryption encryption, Path log) {
    private static final String BEGINNING = "{\"encrypted\":\"";
    private static final Pattern END = Pattern.compile("\",\"sequence\":([0-9]{1,18})\\}");

    /** Maximum length of a match of {@link #END}. */
    private static final int END_CHARACTERS = 40;

    /** Lines without encryption. */
    public static LineEncryption none() {
        return new LineEncryption(AtRestEncryption.none(), Path.of(""));
    }

    /** The bytes to write for a line of {@link ChainedLine#bytes}. */
    byte[] stored(long sequence, byte[] line) {
        if (!encryption.encrypts()) {
            return line;
        }
        encryption.refresh();
        String plain = new String(line, 0, line.length - 1, StandardCharsets.UTF_8);
        String secret = encryption.encrypted(plain, place(sequence));
        String stored = secret.substring(0, secret.length() - 1) + ",\"sequence\":" + sequence + "}\n";
        return stored.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The line; empty when the bytes are not a line, its key does not decrypt it or its digest is
     * wrong.
     *
     * @throws MissingKeyException when its key is not configured
     */
    public Optional<ChainedLine> parse(byte[] stored) throws IOException {
        Optional<Envelope> envelope = envelope(stored);
        if (envelope.isEmpty()) {
            Optional<ChainedLine> plain = ChainedLine.parse(stored);
            return plain.isPresent() ? plain : ErasedLine.parse(stored);
        }
        long sequence = envelope.get().sequence();
        try {
            String plain = encryption.decrypted(
                    envelope.get().text(), String.format(Locale.ROOT, "%s: line %d", log, sequence), place(sequence));
            return ChainedLine.parse(plain.getBytes(StandardCharsets.UTF_8))
                    .filter(line -> line.sequence() == sequence);
        } catch (DamagedCiphertextException damaged) {
            return Optional.empty();
        }
    }

    /** The name of the key that encrypts a line; empty when it is not encrypted. */
    public static Optional<String> key(byte[] stored) {
        return envelope(stored).flatMap(line -> AtRestEncryption.keyOfText(line.text()));
    }

    private record Envelope(String text, long sequence) {}

    private static Optional<Envelope> envelope(byte[] stored) {
        String prefix = new String(stored, 0, Math.min(BEGINNING.length(), stored.length), StandardCharsets.ISO_8859_1);
        if (!prefix.equals(BEGINNING)) {
            return Optional.empty();
        }
        String text = new String(stored, StandardCharsets.ISO_8859_1);
        int from = Math.max(0, text.length() - END_CHARACTERS);
        Matcher end = END.matcher(text.substring(from));
        if (!end.find() || from + end.end() != text.length()) {
            return Optional.empty();
        }
        return Optional.of(new Envelope(text.substring(0, from + end.start()) + "\"}", Long.parseLong(end.group(1))));
    }

    private static String place(long sequence) {
        return "audit line " + sequence;
    }
}
