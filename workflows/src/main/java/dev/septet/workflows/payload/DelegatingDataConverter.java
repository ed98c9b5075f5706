package dev.septet.workflows.payload;

import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.failure.v1.Failure;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import io.temporal.common.converter.EncodingKeys;
import io.temporal.common.converter.RawValue;
import io.temporal.payload.context.SerializationContext;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The data converter of a host application that embeds Septet. It converts Septet's own types to Septet's JSON, with
 * its size limit, and passes every other value to the host's converter unchanged. The host's codec encodes both:
 * Septet passes its payloads to the host's converter as {@link RawValue}s. A converter leaves these as they are, but
 * its codec encodes them.
 *
 * <p>The host's converter also converts failures, because Septet's failures have no details.
 */
public final class DelegatingDataConverter implements DataConverter {
    /** Packages of the types that Septet's workflows and activities exchange. */
    private static final Set<String> PACKAGES = Set.of("dev.septet.workflows.", "dev.septet.dsl.pipeline.");

    /** Encodings of Septet's converter, the Temporal CLI and the Web UI. */
    private static final Set<String> ENCODINGS = Set.of("json/plain", "binary/null");

    private final DataConverter host;
    private final DataConverter septet;

    private DelegatingDataConverter(DataConverter host, DataConverter septet) {
        this.host = host;
        this.septet = septet;
    }

    /** Wraps a host's converter; returns a wrapped converter unchanged. */
    public static DataConverter around(DataConverter host) {
        return host instanceof DelegatingDataConverter
                ? host
                : new DelegatingDataConverter(host, SeptetDataConverter.create());
    }

    @Override
    public <T> Optional<Payload> toPayload(T value) {
        return host.toPayload(raw(value));
    }

    @Override
    public Optional<Payloads> toPayloads(@Nullable Object... values) {
        // One call for all values, so that a remote codec sends one request.
        return host.toPayloads(
                values == null || values.length == 0
                        ? values
                        : Arrays.stream(values).map(this::raw).toArray());
    }

    @Override
    public <T> T fromPayload(Payload payload, Class<T> valueClass, Type valueType) {
        if (!isSeptets(valueType)) {
            return host.fromPayload(payload, valueClass, valueType);
        }
        Payload decoded = decoded(host.<RawValue>fromPayload(payload, RawValue.class, RawValue.class));
        return ENCODINGS.contains(encoding(decoded))
                ? septet.fromPayload(decoded, valueClass, valueType)
                : host.fromPayload(payload, valueClass, valueType);
    }

    @Override
    public <T> T fromPayloads(int index, Optional<Payloads> content, Class<T> valueType, Type valueGenericType) {
        if (!isSeptets(valueGenericType)
                || content.isEmpty()
                || index >= content.get().getPayloadsCount()) {
            return host.fromPayloads(index, content, valueType, valueGenericType);
        }
        return fromPayload(content.get().getPayloads(index), valueType, valueGenericType);
    }

    @Override
    public RuntimeException failureToException(Failure failure) {
        return host.failureToException(failure);
    }

    @Override
    public Failure exceptionToFailure(Throwable throwable) {
        return host.exceptionToFailure(throwable);
    }

    @Override
    public DataConverter withContext(SerializationContext context) {
        return new DelegatingDataConverter(host.withContext(context), septet.withContext(context));
    }

    private @Nullable Object raw(@Nullable Object value) {
        return isSeptets(value) ? new RawValue(septet.toPayload(value).orElseThrow()) : value;
    }

    /** Whether the value has one of Septet's types, or is a list or map of such values only. */
    private static boolean isSeptets(@Nullable Object value) {
        if (value instanceof Collection<?> several) {
            return !several.isEmpty() && several.stream().allMatch(DelegatingDataConverter::isSeptets);
        }
        if (value instanceof Map<?, ?> named) {
            return isSeptets(named.values());
        }
        return value != null && !(value instanceof Type) && isSeptets(value.getClass());
    }

    private static boolean isSeptets(Type type) {
        if (type instanceof ParameterizedType generic
                && generic.getRawType() instanceof Class<?> raw
                && (Collection.class.isAssignableFrom(raw) || Map.class.isAssignableFrom(raw))) {
            Type[] arguments = generic.getActualTypeArguments();
            return isSeptets(arguments[arguments.length - 1]);
        }
        if (type instanceof ParameterizedType generic) {
            return isSeptets(generic.getRawType());
        }
        return type instanceof Class<?> plain && PACKAGES.stream().anyMatch(plain.getName()::startsWith);
    }

    private Payload decoded(@Nullable Object value) {
        if (value instanceof RawValue raw) {
            return raw.getPayload();
        }
        throw new DataConverterException(
                "%s does not decode a payload to a RawValue, which Septet's plugin needs. Use a DefaultDataConverter, with a CodecDataConverter around it if payloads are encoded."
                        .formatted(host.getClass().getName()));
    }

    private static String encoding(Payload payload) {
        return payload.getMetadataOrDefault(EncodingKeys.METADATA_ENCODING_KEY, com.google.protobuf.ByteString.EMPTY)
                .toString(StandardCharsets.UTF_8);
    }
}
