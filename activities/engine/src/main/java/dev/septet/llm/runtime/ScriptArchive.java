package dev.septet.llm.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes the file format that libtorch compiles from: a zip of five stored entries with source text
 * and no weights.
 *
 * <p>{@code data.pkl} is a pickled object of the script's class with the single attribute {@code
 * training}; {@code code/__torch__.py} is the source.
 */
final class ScriptArchive {
    /** libtorch's format version; from 10 on, operators have their current semantics. */
    private static final String VERSION = "10\n";

    private static final long FIXED_TIME = 315_532_800_000L; // 1980-01-01, the first date of the zip format

    private ScriptArchive() {}

    /** The archive of one module whose class and methods are {@code source}. */
    static byte[] of(String className, String source) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "data.pkl", moduleObject(className));
            store(zip, "code/__torch__.py", source.getBytes(UTF_8));
            store(zip, "constants.pkl", emptyTuple());
            store(zip, "version", VERSION.getBytes(UTF_8));
            store(zip, "byteorder", "little".getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry("script/" + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        entry.setTime(FIXED_TIME);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** Pickle: object of class {@code __torch__.<className>} with state {"training": True}. */
    private static byte[] moduleObject(String className) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        protocol2(out);
        out.writeBytes(("c__torch__\n" + className + "\n").getBytes(UTF_8)); // GLOBAL
        out.write(')'); // EMPTY_TUPLE, the arguments of the constructor
        out.write(0x81); // NEWOBJ
        out.write('}'); // EMPTY_DICT
        out.write('('); // MARK
        byte[] key = "training".getBytes(UTF_8);
        out.writeBytes(new byte[] {'X', (byte) key.length, 0, 0, 0}); // BINUNICODE, length
        out.writeBytes(key);
        out.write(0x88); // NEWTRUE
        out.write('u'); // SETITEMS
        out.write('b'); // BUILD
        out.write('.'); // STOP
        return out.toByteArray();
    }

    private static byte[] emptyTuple() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        protocol2(out);
        out.write(')');
        out.write('.');
        return out.toByteArray();
    }

    private static void protocol2(ByteArrayOutputStream out) {
        out.write(0x80);
        out.write(2);
    }
}
