package dev.septet.activities.audit.chain;

import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.encryption.DamagedCiphertextException;
import dev.septet.activities.encryption.MissingKeyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lines of the log as they lie in its files: with keys, each is encrypted for itself and bound to
 * its number, so that a log may change its key between any two lines:
 *
 * <pre>
 * {"encrypted":"base64","key":"NAME","sequence":7}
 * </pre>
 *
 * The chain and the digests are those of the plain lines.
 *
 * @param log for messages
 */
public record LineEncryption(AtRestEncryption encryption, Path log) {
    private static final String BEGINNING = "{\"encrypted\":\"";
    private static final Pattern END = Pattern.compile("\",\"sequence\":([0-9]{1,18})\\}");

    /** Longest that {@link #END} matches. */
    private static final int END_CHARACTERS = 40;

    /** Lines as they are. */
    public static LineEncryption none() {
        return new LineEncryption(AtRestEncryption.none(), Path.of(""));
    }

    /** A line of {@link ChainedLine#bytes} as it is to be written. */
    byte[] stored(long sequence, byte[] line) {
        if (!encryption.encrypts()) {
            return line;
        }
        String plain = new String(line, 0, line.length - 1, StandardCharsets.UTF_8);
        String secret = encryption.encrypted(plain, place(sequence));
        String stored = secret.substring(0, secret.length() - 1) + ",\"sequence\":" + sequence + "}\n";
        return stored.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The line, when it is one, its key opens it and its own digest is right.
     *
     * @throws MissingKeyException when its key is not here
     */
    public Optional<ChainedLine> parse(byte[] stored) throws IOException {
        Optional<Envelope> envelope = envelope(stored);
        if (envelope.isEmpty()) {
            return ChainedLine.parse(stored);
        }
        long sequence = envelope.get().sequence();
        try {
            String plain = encryption.decrypted(
                    envelope.get().text(), "%s: line %d".formatted(log, sequence), place(sequence));
            return ChainedLine.parse(plain.getBytes(StandardCharsets.UTF_8))
                    .filter(line -> line.sequence() == sequence);
        } catch (DamagedCiphertextException damaged) {
            return Optional.empty();
        }
    }

    /** The name of the key that a line is encrypted with; empty when it is plain. */
    public static Optional<String> key(byte[] stored) {
        return envelope(stored).flatMap(line -> AtRestEncryption.keyOfText(line.text()));
    }

    private record Envelope(String text, long sequence) {}

    private static Optional<Envelope> envelope(byte[] stored) {
        String beginning =
                new String(stored, 0, Math.min(BEGINNING.length(), stored.length), StandardCharsets.ISO_8859_1);
        if (!beginning.equals(BEGINNING)) {
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
