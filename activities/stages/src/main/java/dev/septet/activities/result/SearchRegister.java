package dev.septet.activities.result;

import dev.septet.workflows.SearchTags;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.converter.EncodingKeys;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A server's search attributes.
 *
 * @param client client of that server; its options apply here too
 */
public record SearchRegister(WorkflowClient client) {
    private static final Duration ANSWER = Duration.ofSeconds(10);

    /** Attributes with the names of a pipeline's model and data. */
    private static final Set<String> NAMES = Set.of(SearchTags.MODEL.getName(), SearchTags.DATASET.getName());

    /**
     * Names of Septet's search attributes that the server has with the right type; none when it has
     * no register.
     */
    public List<String> known() {
        return call(operator -> {
            Map<String, IndexedValueType> custom = operator.blockingStub()
                    .withDeadlineAfter(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                    .listSearchAttributes(ListSearchAttributesRequest.newBuilder()
                            .setNamespace(namespace())
                            .build())
                    .getCustomAttributesMap();
            return SearchTags.ALL.stream()
                    .filter(key -> key.getValueType() == custom.get(key.getName()))
                    .map(SearchAttributeKey::getName)
                    .toList();
        });
    }

    /** Registers the missing ones and returns their names. */
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
        return call(operator -> {
            operator.blockingStub()
                    .withDeadlineAfter(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                    .addSearchAttributes(request.build());
            return List.copyOf(request.getSearchAttributesMap().keySet());
        });
    }

    private String namespace() {
        return client.getOptions().getNamespace();
    }

    private List<String> call(java.util.function.Function<OperatorServiceStubs, List<String>> work) {
        OperatorServiceStubs operator = OperatorServiceStubs.newServiceStubs(OperatorServiceStubsOptions.newBuilder(
                        client.getWorkflowServiceStubs().getOptions())
                .build());
        try {
            return work.apply(operator);
        } finally {
            operator.shutdownNow();
        }
    }

    /**
     * Names of the attributes that a run may set; none when the server does not answer. The server
     * reads search attributes, so a codec cannot encrypt them. When payloads are encrypted, runs do
     * not set their model and dataset.
     */
    public List<String> settable() {
        boolean encoded = encodesPayloads();
        try {
            return known().stream()
                    .filter(name -> !(encoded && NAMES.contains(name)))
                    .toList();
        } catch (StatusRuntimeException noRegister) {
            return List.of();
        }
    }

    private boolean encodesPayloads() {
        return client.getOptions()
                .getDataConverter()
                .toPayload("")
                .map(sent -> sent.getMetadataOrThrow(EncodingKeys.METADATA_ENCODING_KEY))
                .filter(encoding -> !encoding.toStringUtf8().equals("json/plain"))
                .isPresent();
    }
}
