package dev.septet.workers.codec;

import dev.septet.activities.encryption.StoreKeyFile;
import dev.septet.settings.Setting;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.PayloadCodec;
import java.util.List;

/**
 * The codec where no encryption is set. Payloads stay plain, and an encrypted payload is an error
 * instead of being misread.
 */
final class MissingCodec implements PayloadCodec {
    @Override
    public List<Payload> encode(List<Payload> payloads) {
        return payloads;
    }

    @Override
    public List<Payload> decode(List<Payload> payloads) {
        for (Payload payload : payloads) {
            if (AesGcmCodec.encrypted(payload)) {
                throw new CodecProblem(
                        "a payload is encrypted with the key '%s', but this process has no keys. Set %s to the file with that key, or %s to a codec server."
                                .formatted(
                                        StoreKeyFile.shown(AesGcmCodec.keyName(payload)),
                                        Setting.CODEC_KEYS.variable(),
                                        Setting.CODEC_ENDPOINT.variable()));
            }
        }
        return payloads;
    }
}
