package dev.septet.workers.cli.review;

import dev.septet.activities.approval.PersonName;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.encryption.OwnerFile;
import dev.septet.activities.store.FileModes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Pseudonyms of reviewers: HMAC-SHA256 of the name with a secret key of the state folder. The same name has the same
 * pseudonym on this machine, and the votes file alone does not tell the name.
 */
final class Reviewers {
    /** The longest name in characters. */
    static final int LONGEST = 64;

    private static final int BYTES = 32;
    private static final int PSEUDONYM = 16;

    private final byte[] key;

    private Reviewers(byte[] key) {
        this.key = key;
    }

    /** With the key of a state folder; creates it when there is none. */
    static Reviewers of(Path state) throws IOException {
        Path file = FileModes.OWNER.folder(state).resolve("reviewers.key");
        if (Files.notExists(file)) {
            byte[] key = new byte[BYTES];
            new SecureRandom().nextBytes(key);
            try (FileChannel out =
                    FileModes.OWNER.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                out.write(ByteBuffer.wrap(HexFormat.of().formatHex(key).getBytes(StandardCharsets.US_ASCII)));
                out.force(true);
            } catch (FileAlreadyExistsException other) {
                // Another process created it at the same time.
            }
        }
        return new Reviewers(OwnerFile.read("review", file).strip().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The pseudonym of a name. Case and spaces at the ends do not count.
     *
     * @throws IllegalArgumentException when it is no name, with the reason
     */
    String pseudonym(String name) {
        if (name.length() > LONGEST) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "a name has at most %d characters", LONGEST));
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            byte[] digest = mac.doFinal(PersonName.of(name).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, PSEUDONYM);
        } catch (StageProblem refused) {
            throw new IllegalArgumentException(
                    String.valueOf(refused.getMessage()).replaceFirst("^by: ", ""), refused);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
