package dev.septet.workers.client;

import dev.septet.workers.codec.CodecSettings;
import dev.septet.workflows.payload.SeptetDataConverter;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DataConverter;
import java.util.List;
import java.util.Map;

/**
 * The one place that makes the options of a client of Septet's own processes, so that all of them
 * encode payloads alike.
 *
 * @param environment says how payloads are encoded
 */
public record ClientOptions(Map<String, String> environment) {
    /** As this process's environment says. */
    public static ClientOptions system() {
        return new ClientOptions(System.getenv());
    }

    /**
     * Adds what is Septet's to options.
     *
     * @throws dev.septet.workers.codec.CodecProblem when payloads cannot be encoded as the
     *     environment says
     */
    public WorkflowClientOptions.Builder workflow(WorkflowClientOptions options) {
        return WorkflowClientOptions.newBuilder(options).setDataConverter(converter(options.getNamespace()));
    }

    /** The same for workflows of a namespace. */
    public WorkflowClientOptions.Builder workflow(String namespace) {
        return workflow(
                WorkflowClientOptions.newBuilder().setNamespace(namespace).build());
    }

    /** The same for schedules. */
    public ScheduleClientOptions.Builder schedule(String namespace) {
        return ScheduleClientOptions.newBuilder().setNamespace(namespace).setDataConverter(converter(namespace));
    }

    private DataConverter converter(String namespace) {
        CodecSettings codec = new CodecSettings(environment);
        return new CodecDataConverter(SeptetDataConverter.create(), List.of(codec.codec(namespace)), codec.encodes());
    }
}
