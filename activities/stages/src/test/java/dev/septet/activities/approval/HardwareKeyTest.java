package dev.septet.activities.approval;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.workflows.approval.SignedText;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Answers signed by a FIDO hardware key, which this test computes in software.
 *
 * @see <a href="https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.u2f">OpenSSH, PROTOCOL.u2f</a>
 * @see <a href="https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.sshsig">OpenSSH, PROTOCOL.sshsig</a>
 */
class HardwareKeyTest {
    private static final String TYPE = "sk-ssh-ed25519@openssh.com";
    private static final String APPLICATION = "ssh:";
    private static final String IDENTITY = "anna@lead";
    private static final String TEXT = "approve run 5eed\n";
    private static final int KEY_BYTES = 32;
    private static final int USER_PRESENT = 1;

    @TempDir
    private Path folder = Path.of("");

    private KeyPair key = pair();
    private Signers signers = new Signers(folder);

    @BeforeEach
    void allow() throws Exception {
        key = pair();
        Path file = folder.resolve("allowed_signers");
        String line = "%s namespaces=\"%s\" %s %s%n"
                .formatted(
                        IDENTITY,
                        SignedText.NAMESPACE,
                        TYPE,
                        Base64.getEncoder().encodeToString(publicKey(key)));
        Files.writeString(file, line);
        signers = new Signers(file);
    }

    @Test
    void aHardwareKeySignsAnAnswer() throws Exception {
        String signature = signature(key, TEXT, USER_PRESENT);
        assertThatCode(() -> signers.check(IDENTITY, TEXT, signature)).doesNotThrowAnyException();
    }

    @Test
    void itsSignatureHoldsForThatAnswerAndThatKeyOnly() throws Exception {
        assertRefused("approve run other\n", signature(key, TEXT, USER_PRESENT));
        assertRefused(TEXT, signature(pair(), TEXT, USER_PRESENT));
        byte[] forged = Base64.getMimeDecoder()
                .decode(signature(key, TEXT, USER_PRESENT).replaceAll("-----[A-Z ]+-----", ""));
        forged[forged.length - 1]++; // the key's counter is part of what it signs
        assertRefused(TEXT, armored(forged));
    }

    private void assertRefused(String text, String signature) {
        assertThatThrownBy(() -> signers.check(IDENTITY, text, signature))
                .isInstanceOf(StageProblem.class)
                .hasMessageContaining("this is not a signature of this answer by a key that this worker's operator"
                        + " allows for anna@lead");
    }

    private static String signature(KeyPair key, String text, int flags) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-512").digest(text.getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        DataOutputStream signed = new DataOutputStream(message);
        signed.writeBytes("SSHSIG");
        string(signed, SignedText.NAMESPACE);
        string(signed, "");
        string(signed, "sha512");
        string(signed, hash);

        ByteArrayOutputStream assertion = new ByteArrayOutputStream();
        DataOutputStream seen = new DataOutputStream(assertion);
        seen.write(sha256(APPLICATION.getBytes(StandardCharsets.UTF_8)));
        seen.writeByte(flags);
        seen.writeInt(7);
        seen.write(sha256(message.toByteArray()));
        Signature ed25519 = Signature.getInstance("Ed25519");
        ed25519.initSign(key.getPrivate());
        ed25519.update(assertion.toByteArray());

        ByteArrayOutputStream blob = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(blob);
        string(out, TYPE);
        string(out, ed25519.sign());
        out.writeByte(flags);
        out.writeInt(7);

        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        DataOutputStream file = new DataOutputStream(whole);
        file.writeBytes("SSHSIG");
        file.writeInt(1);
        string(file, publicKey(key));
        string(file, SignedText.NAMESPACE);
        string(file, "");
        string(file, "sha512");
        string(file, blob.toByteArray());
        return armored(whole.toByteArray());
    }

    private static String armored(byte[] signature) {
        return "-----BEGIN SSH SIGNATURE-----\n"
                + Base64.getMimeEncoder(70, new byte[] {'\n'}).encodeToString(signature)
                + "\n-----END SSH SIGNATURE-----\n";
    }

    private static byte[] publicKey(KeyPair key) throws IOException {
        byte[] encoded = key.getPublic().getEncoded();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        string(out, TYPE);
        string(out, Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length));
        string(out, APPLICATION);
        return bytes.toByteArray();
    }

    private static void string(DataOutputStream out, String text) throws IOException {
        string(out, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void string(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has Ed25519", e);
        }
    }
}
