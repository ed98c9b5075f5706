package dev.septet.dsl.parse;

import dev.septet.dsl.problem.Problem;
import dev.septet.dsl.problem.ProblemId;
import dev.septet.dsl.problem.SourceLocation;
import dev.septet.dsl.problem.SourceText;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Decodes bytes to text, strictly as UTF-8. */
final class SourceBytes {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private SourceBytes() {}

    /** The decoded text, or the problem that prevents decoding. */
    record Decoded(SourceText source, Optional<Problem> problem) {}

    static Decoded decode(String file, byte[] bytes) {
        if (bytes.length > FileLimits.BYTES) {
            return refused(
                    file,
                    ProblemId.LIMIT,
                    "the file has more than " + FileLimits.BYTES / 1024 + " KiB, which is the limit",
                    "Data belongs in files that `dataset` names.");
        }
        int start = startsWithMark(bytes) ? BYTE_ORDER_MARK.length : 0;
        var input = ByteBuffer.wrap(bytes, start, bytes.length - start);
        var output = CharBuffer.allocate(bytes.length);
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        try {
            var result = decoder.decode(input, output, true);
            if (result.isError()) {
                result.throwException();
            }
            return new Decoded(SourceText.of(file, output.flip().toString()), Optional.<Problem>empty());
        } catch (CharacterCodingException e) {
            return notUtf8(file, output.flip().toString(), bytes[input.position()]);
        }
    }

    private static boolean startsWithMark(byte[] bytes) {
        return Arrays.equals(Arrays.copyOf(bytes, BYTE_ORDER_MARK.length), BYTE_ORDER_MARK);
    }

    private static Decoded notUtf8(String file, String before, byte wrong) {
        SourceText read = SourceText.of(file, before);
        int line = read.lines().size();
        String last = read.line(line);
        int column = last.codePointCount(0, last.length()) + 1;
        var problem = new Problem(
                ProblemId.TEXT,
                SourceLocation.of(file, line, column, 1),
                String.format(Locale.ROOT, "the byte %02X here is not UTF-8 text", wrong & 0xFF),
                "Save the file as UTF-8.",
                last);
        return new Decoded(read, Optional.of(problem));
    }

    private static Decoded refused(String file, ProblemId id, String message, String hint) {
        var problem = new Problem(id, SourceLocation.of(file), message, hint, "");
        return new Decoded(SourceText.of(file, ""), Optional.of(problem));
    }
}
