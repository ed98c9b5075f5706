package dev.septet.workers.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.septet.activities.encryption.StoreKeyFile;
import dev.septet.activities.encryption.StoreKeyHolder;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.EncodingKeys;
import io.temporal.payload.codec.PayloadCodec;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * A codec that encrypts whole payloads with AES-256-GCM, in the format of Temporal's encryption
 * samples. {@code encoding} and the key's name are metadata. The data are a nonce of 12 bytes, the
 * ciphertext and the tag. Unencrypted payloads are accepted, because the Temporal CLI and runs from
 * before the keys send them.
 */
final class AesGcmCodec implements PayloadCodec {
    static final String ENCODING = "binary/encrypted";
    static final String KEY = "encryption-key-id";

    private static final String CIPHER_KEY = "encryption-cipher";
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final StoreKeyHolder keys;
    private final SecureRandom random = new SecureRandom();

    AesGcmCodec(StoreKeyFile keys) {
        this.keys = new StoreKeyHolder(keys);
    }

    @Override
    public List<Payload> encode(List<Payload> payloads) {
        return payloads.stream().map(this::encrypt).toList();
    }

    @Override
    public List<Payload> decode(List<Payload> payloads) {
        return payloads.stream()
                .map(payload -> encrypted(payload) ? decrypt(payload) : payload)
                .toList();
    }

    /** Whether a payload has this format. */
    static boolean encrypted(Payload payload) {
        return text(payload, EncodingKeys.METADATA_ENCODING_KEY).equals(ENCODING);
    }

    /** The name of the key with which the payload was encrypted. */
    static String keyName(Payload payload) {
        return text(payload, KEY);
    }

    private Payload encrypt(Payload plain) {
        StoreKeyFile now = keys.refreshed();
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            Cipher cipher = Cipher.getInstance(CIPHER);
            cipher.init(Cipher.ENCRYPT_MODE, key(now.current()), new GCMParameterSpec(TAG_BITS, nonce));
            ByteString data =
                    ByteString.copyFrom(nonce).concat(ByteString.copyFrom(cipher.doFinal(plain.toByteArray())));
            return Payload.newBuilder()
                    .putMetadata(EncodingKeys.METADATA_ENCODING_KEY, ByteString.copyFromUtf8(ENCODING))
                    .putMetadata(CIPHER_KEY, ByteString.copyFromUtf8(CIPHER))
                    .putMetadata(KEY, ByteString.copyFromUtf8(now.current()))
                    .setData(data)
                    .build();
        } catch (GeneralSecurityException e) {
            throw new CodecProblem("a payload cannot be encrypted: " + e.getMessage(), e);
        }
    }

    private Payload decrypt(Payload payload) {
        String name = keyName(payload);
        byte[] data = payload.getData().toByteArray();
        try {
            if (data.length < NONCE_BYTES) {
                throw new AEADBadTagException("too short");
            }
            Cipher cipher = Cipher.getInstance(CIPHER);
            cipher.init(
                    Cipher.DECRYPT_MODE, key(name), new GCMParameterSpec(TAG_BITS, Arrays.copyOf(data, NONCE_BYTES)));
            return Payload.parseFrom(cipher.doFinal(data, NONCE_BYTES, data.length - NONCE_BYTES));
        } catch (GeneralSecurityException | InvalidProtocolBufferException e) {
            throw new CodecProblem(
                    "a payload of the key '%s' cannot be decrypted: it was changed, or this name now belongs to another key. If the key was replaced, restore the old key under this name."
                            .formatted(name),
                    e);
        }
    }

    private SecretKey key(String name) {
        StoreKeyFile now = keys.knowing(name);
        return now.key(name)
                .orElseThrow(() -> new CodecProblem(
                        "a payload is encrypted with the key '%s', which is not in %s. Add that key's line again."
                                .formatted(StoreKeyFile.shown(name), now.file())));
    }

    private static String text(Payload payload, String key) {
        return payload.getMetadataOrDefault(key, ByteString.EMPTY).toStringUtf8();
    }
}
