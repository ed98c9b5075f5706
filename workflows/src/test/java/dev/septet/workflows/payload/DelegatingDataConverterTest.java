package dev.septet.workflows.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.MaskingCodec;
import dev.septet.workflows.PipelineRequest;
import dev.septet.workflows.Progress;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.failure.v1.Failure;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.failure.ApplicationFailure;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import shop.Entry;

class DelegatingDataConverterTest {
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
    private static final PipelineRequest REQUEST = new PipelineRequest("hello", Map.of("lora-rank", 8), null, null);

    private final MaskingCodec codec = new MaskingCodec();
    private final DataConverter host = MaskingCodec.converter(codec);
    private final DataConverter converter = DelegatingDataConverter.around(host);
    private final DataConverter plain = DelegatingDataConverter.around(DefaultDataConverter.newDefaultInstance());

    @Test
    void septetsTypesAreThePayloadsThatTheyWere() {
        assertThat(plain.toPayload(REQUEST))
                .isEqualTo(SeptetDataConverter.create().toPayload(REQUEST));
        assertThat(plain.toPayload(List.of(Progress.of("a", 3, 9, "steps"))))
                .isEqualTo(SeptetDataConverter.create().toPayload(List.of(Progress.of("a", 3, 9, "steps"))));
    }

    @Test
    void everythingElseIsTheHosts() {
        Entry entry = new Entry(NOON, Optional.of("closed"));
        DataConverter own = DefaultDataConverter.newDefaultInstance();
        for (Object value : List.of(entry, NOON, "text", 7, List.of(), Map.of("at", NOON))) {
            assertThat(plain.toPayload(value)).isEqualTo(own.toPayload(value));
        }
        assertThat(back(plain, entry, Entry.class)).isEqualTo(entry);
        assertThat(back(converter, entry, Entry.class)).isEqualTo(entry);
        assertThat(back(converter, NOON, Instant.class)).isEqualTo(NOON);
    }

    @Test
    void theHostsCodecEncodesBoth() {
        for (Object value : List.of(REQUEST, "the host's secret", List.of(Progress.of("a", 3, 9, "steps")))) {
            assertThat(encoding(converter.toPayload(value).orElseThrow())).isEqualTo(MaskingCodec.ENCODING);
        }
        assertThat(back(converter, REQUEST, PipelineRequest.class)).isEqualTo(REQUEST);
    }

    @Test
    void listsOfSeptetsTypesComeBack() {
        Type several = new TypeReference<List<Progress>>() {}.getType();
        List<Progress> runs = List.of(Progress.of("hello", 1, 9, "steps"), Progress.of("hello", 2, 9, "steps"));
        for (List<Progress> list : List.of(runs, List.<Progress>of())) {
            Payload payload = converter.toPayload(list).orElseThrow();
            assertThat(converter.<List<?>>fromPayload(payload, cast(List.class), several))
                    .isEqualTo(list);
        }
    }

    @Test
    void argumentsOfBothKindsPassTheCodecInOneCall() {
        Optional<Payloads> sent = converter.toPayloads(REQUEST, NOON, null, 3);

        assertThat(codec.calls).isOne();
        Class<?>[] types = {PipelineRequest.class, Instant.class, Progress.class, Integer.class};
        assertThat(converter.fromPayloads(sent, types, types)).containsExactly(REQUEST, NOON, null, 3);
        assertThat(converter.fromPayloads(4, sent, Progress.class, Progress.class))
                .isNull();
        assertThat(converter.toPayloads()).isEmpty();
    }

    @Test
    void onlySeptetsTypesAreLimited() {
        String long300 = "x".repeat(300 * 1024);

        assertThat(back(converter, long300, String.class)).isEqualTo(long300);
        assertThatThrownBy(() -> converter.toPayload(new PipelineRequest(null, Map.of(), long300, null)))
                .isInstanceOfSatisfying(
                        ApplicationFailure.class,
                        failure -> assertThat(failure.getType()).isEqualTo(FailureType.PAYLOAD_TOO_LARGE.type()));
    }

    @Test
    void payloadsOfBeforeTheCodecAndOfTheCommandLineAreRead() {
        Payload before = SeptetDataConverter.create().toPayload(REQUEST).orElseThrow();

        assertThat(converter.fromPayload(before, PipelineRequest.class, PipelineRequest.class))
                .isEqualTo(REQUEST);
    }

    @Test
    void failuresAreEncodedAsTheHostWants() {
        Failure failure = converter.exceptionToFailure(FailureType.POISON_DATA.of("row 7 is bad"));

        assertThat(failure.toString()).doesNotContain("row 7");
        assertThat(converter.failureToException(failure))
                .isInstanceOfSatisfying(
                        ApplicationFailure.class,
                        known -> assertThat(known.getOriginalMessage()).isEqualTo("row 7 is bad"));
    }

    @Test
    void aSecondPluginChangesNothing() {
        assertThat(DelegatingDataConverter.around(converter)).isSameAs(converter);
    }

    private static <T> T back(DataConverter converter, Object value, Class<T> type) {
        return converter.fromPayload(converter.toPayload(value).orElseThrow(), type, type);
    }

    private static String encoding(Payload payload) {
        return payload.getMetadataOrThrow("encoding").toStringUtf8();
    }

    @SuppressWarnings("unchecked")
    private static <T> Class<T> cast(Class<?> type) {
        return (Class<T>) type;
    }
}
