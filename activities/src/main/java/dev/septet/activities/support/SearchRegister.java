package dev.septet.activities.support;

import dev.septet.workflows.SearchTags;

import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.common.SearchAttributeKey;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A server's register of search attributes.
 *
 * @param client of that server; its options reach the register too
 */
public record SearchRegister(WorkflowClient client) {
    private static final Duration ANSWER = Duration.ofSeconds(10);

    /**
     * Names of those of Septet's search attributes that the server knows, with the type that they
     * need; none where it keeps no register.
     */
    public List<String> known() {
        return call(
                operator -> {
                    Map<String, IndexedValueType> custom =
                            operator.blockingStub()
                                    .withDeadlineAfter(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                                    .listSearchAttributes(
                                            ListSearchAttributesRequest.newBuilder()
                                                    .setNamespace(namespace())
                                                    .build())
                                    .getCustomAttributesMap();
                    return SearchTags.ALL.stream()
                            .filter(key -> key.getValueType() == custom.get(key.getName()))
                            .map(SearchAttributeKey::getName)
                            .toList();
                });
    }

    /** Registers those that are missing, and says which. */
    public List<String> complete() {
        List<String> known = known();
        AddSearchAttributesRequest.Builder request =
                AddSearchAttributesRequest.newBuilder().setNamespace(namespace());
        SearchTags.ALL.stream()
                .filter(key -> !known.contains(key.getName()))
                .forEach(key -> request.putSearchAttributes(key.getName(), key.getValueType()));
        if (request.getSearchAttributesCount() == 0) {
            return List.of();
        }
        return call(
                operator -> {
                    operator.blockingStub()
                            .withDeadlineAfter(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                            .addSearchAttributes(request.build());
                    return List.copyOf(request.getSearchAttributesMap().keySet());
                });
    }

    private String namespace() {
        return client.getOptions().getNamespace();
    }

    private List<String> call(
            java.util.function.Function<OperatorServiceStubs, List<String>> work) {
        OperatorServiceStubs operator =
                OperatorServiceStubs.newServiceStubs(
                        OperatorServiceStubsOptions.newBuilder(
                                        client.getWorkflowServiceStubs().getOptions())
                                .build());
        try {
            return work.apply(operator);
        } finally {
            operator.shutdownNow();
        }
    }

    /** The same as {@link #known()}, but none when the server does not say. */
    public List<String> knownOrNone() {
        try {
            return known();
        } catch (StatusRuntimeException noRegister) {
            return List.of();
        }
    }
}
