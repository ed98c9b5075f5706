package dev.septet.workers.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import java.util.List;

/** Payloads in the JSON of Temporal's remote codec protocol: {@code {"payloads": [...]}}. */
final class PayloadJson {
    private PayloadJson() {}

    static String write(List<Payload> payloads) {
        try {
            return JsonFormat.printer()
                    .omittingInsignificantWhitespace()
                    .print(Payloads.newBuilder().addAllPayloads(payloads));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * @throws InvalidProtocolBufferException when the JSON has another form
     */
    static List<Payload> read(String json) throws InvalidProtocolBufferException {
        Payloads.Builder payloads = Payloads.newBuilder();
        JsonFormat.parser().merge(json, payloads);
        return payloads.getPayloadsList();
    }
}
