package dev.septet.workflows;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.septet.workflows.payload.DelegatingDataConverter;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.payload.codec.PayloadCodec;
import java.util.List;

/** Stands for a host's encryption: what passed through it cannot be read, and is marked. */
public final class MaskingCodec implements PayloadCodec {
    /** The encoding of what it has masked. */
    public static final String ENCODING = "binary/masked";

    private static final int MASK = 0x5a;

    /** How often it was called to encode. */
    public int calls;

    /** A host's converter with this codec, with Septet's plugin around it. */
    public static DataConverter host() {
        return DelegatingDataConverter.around(converter(new MaskingCodec()));
    }

    /** The host's own. */
    public static DataConverter converter(MaskingCodec codec) {
        return new CodecDataConverter(DefaultDataConverter.newDefaultInstance(), List.of(codec), true);
    }

    @Override
    public List<Payload> encode(List<Payload> payloads) {
        calls++;
        return payloads.stream()
                .map(plain -> Payload.newBuilder()
                        .putMetadata("encoding", ByteString.copyFromUtf8(ENCODING))
                        .setData(ByteString.copyFrom(masked(plain.toByteArray())))
                        .build())
                .toList();
    }

    @Override
    public List<Payload> decode(List<Payload> payloads) {
        return payloads.stream().map(MaskingCodec::decode).toList();
    }

    private static Payload decode(Payload payload) {
        if (!payload.getMetadataOrThrow("encoding").toStringUtf8().equals(ENCODING)) {
            return payload;
        }
        try {
            return Payload.parseFrom(masked(payload.getData().toByteArray()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static byte[] masked(byte[] bytes) {
        byte[] masked = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            masked[i] = (byte) (bytes[i] ^ MASK);
        }
        return masked;
    }
}
