{{- define "septet.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "septet.labels" -}}
{{ include "septet.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end }}

{{- define "septet.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "septet.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{/* What every pod of the chart has. A change of the pipelines restarts the pods. */}}
{{- define "septet.pod" -}}
serviceAccountName: {{ include "septet.fullname" . }}
automountServiceAccountToken: {{ .Values.serviceAccount.token }}
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  # Septet refuses keys that others may read, so Kubernetes must not change the modes of files at each start.
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{- define "septet.container" -}}
image: {{ include "septet.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{/* Secrets and configuration maps are links with modes for a group. Septet wants files that only their owner reads. */}}
{{- define "septet.init" -}}
{{- $models := ternary .Values.models list (eq .component "light") }}
- name: keys
  {{- include "septet.container" . | nindent 2 }}
  command:
    - /bin/bash
    - -c
    - |
      set -eu
      umask 077
      cp -Lf /mnt/keys/* /run/septet/
      {{- range $models }}
      cp -Lf /mnt/model-{{ .pipeline }}/keys /run/septet/model-{{ .pipeline }}.keys
      {{- end }}
      {{- if and .Values.ui.port (eq .component "light") }}
      cp -Lf /mnt/ui/keys /run/septet/ui.keys
      {{- end }}
      {{- if .Values.temporal.tlsSecret }}
      mkdir -p /run/septet/tls
      cp -Lf /mnt/tls/* /run/septet/tls/
      {{- end }}
      mkdir -p /var/lib/septet/pipelines
      # Published models are beside the files, so only the files that an earlier start copied are removed.
      if [ -f /var/lib/septet/pipelines/.chart ]; then
        while read -r name; do rm -f "/var/lib/septet/pipelines/$name"; done < /var/lib/septet/pipelines/.chart
      fi
      rm -f /var/lib/septet/pipelines/.chart
      {{- if .Values.pipelines }}
      cp -Lf /mnt/pipelines/* /var/lib/septet/pipelines/
      printf '%s\n'{{ range $name, $text := .Values.pipelines }} {{ $name }}{{ end }} > /var/lib/septet/pipelines/.chart
      {{- end }}
  resources:
    requests: { cpu: 10m, memory: 32Mi }
    limits: { memory: 64Mi }
  volumeMounts:
    - { name: keys, mountPath: /run/septet }
    - { name: secret-keys, mountPath: /mnt/keys, readOnly: true }
    - { name: state, mountPath: /var/lib/septet }
    {{- if .Values.pipelines }}
    - { name: pipelines, mountPath: /mnt/pipelines, readOnly: true }
    {{- end }}
    {{- if .Values.temporal.tlsSecret }}
    - { name: secret-tls, mountPath: /mnt/tls, readOnly: true }
    {{- end }}
    {{- if and .Values.ui.port (eq .component "light") }}
    - { name: ui, mountPath: /mnt/ui, readOnly: true }
    {{- end }}
    {{- range $models }}
    - { name: model-{{ .pipeline }}, mountPath: /mnt/model-{{ .pipeline }}, readOnly: true }
    {{- end }}
{{- end }}

{{- define "septet.volumes" -}}
- name: tmp
  emptyDir: {}
- name: keys
  emptyDir:
    medium: Memory
    sizeLimit: 1Mi
- name: secret-keys
  secret:
    secretName: {{ .Values.keysSecret }}
{{- if .Values.pipelines }}
- name: pipelines
  configMap:
    name: {{ include "septet.fullname" . }}-pipelines
{{- end }}
{{- with .Values.temporal.tlsSecret }}
- name: secret-tls
  secret:
    secretName: {{ . }}
{{- end }}
{{- with .Values.data.existingClaim }}
- name: data
  persistentVolumeClaim:
    claimName: {{ . }}
    readOnly: true
{{- end }}
{{- if and .Values.ui.port (eq .component "light") }}
- name: ui
  secret:
    secretName: {{ required "ui.port needs ui.keysSecret, a secret with the key `keys`" .Values.ui.keysSecret }}
    items:
      - { key: keys, path: keys }
{{- end }}
{{- range ternary .Values.models list (eq .component "light") }}
- name: model-{{ .pipeline }}
  secret:
    secretName: {{ .keysSecret }}
    items:
      - { key: keys, path: keys }
{{- end }}
{{- end }}

{{- define "septet.mounts" -}}
- { name: tmp, mountPath: /tmp }
- { name: keys, mountPath: /run/septet, readOnly: true }
- { name: state, mountPath: /var/lib/septet }
{{- if .Values.data.existingClaim }}
- { name: data, mountPath: /data, readOnly: true }
{{- end }}
{{- end }}

{{/* The optional files of keysSecret are named by the values of `settings`, for example SEPTET_STORE_KEYS=/run/septet/store.keys. */}}
{{- define "septet.env" -}}
- { name: TEMPORAL_ADDRESS, value: {{ .Values.temporal.address | quote }} }
- { name: TEMPORAL_NAMESPACE, value: {{ .Values.temporal.namespace | quote }} }
{{- with .Values.temporal.apiKeySecret }}
- name: TEMPORAL_API_KEY
  valueFrom:
    secretKeyRef: { name: {{ . }}, key: TEMPORAL_API_KEY }
{{- end }}
{{- if .Values.temporal.tlsSecret }}
- { name: TEMPORAL_TLS_CLIENT_CERT_PATH, value: /run/septet/tls/tls.crt }
- { name: TEMPORAL_TLS_CLIENT_KEY_PATH, value: /run/septet/tls/tls.key }
{{- if .Values.temporal.tlsAuthority }}
- { name: TEMPORAL_TLS_SERVER_CA_CERT_PATH, value: /run/septet/tls/ca.crt }
{{- end }}
{{- end }}
- { name: SEPTET_STORE, value: {{ .Values.store.uri | quote }} }
- { name: AWS_REGION, value: {{ .Values.store.region | quote }} }
{{- with .Values.store.endpoint }}
- { name: AWS_ENDPOINT_URL, value: {{ . | quote }} }
{{- end }}
{{- with .Values.store.credentialsSecret }}
{{- range list "AWS_ACCESS_KEY_ID" "AWS_SECRET_ACCESS_KEY" }}
- name: {{ . }}
  valueFrom:
    secretKeyRef: { name: {{ $.Values.store.credentialsSecret }}, key: {{ . }} }
{{- end }}
{{- end }}
- { name: SEPTET_RUN_KEY_FILE, value: /run/septet/run.key }
- { name: SEPTET_LOG_FORMAT, value: json }
{{- if .Values.data.existingClaim }}
- { name: SEPTET_DATA, value: /data }
{{- end }}
{{- range $name, $value := .Values.settings }}
- { name: {{ $name }}, value: {{ $value | toString | quote }} }
{{- end }}
{{- end }}

{{/* The listener of a process, at a port of its own in the pod; takes a dictionary with values, port and name. */}}
{{- define "septet.metricsEnv" -}}
- { name: SEPTET_METRICS_ADDRESS, value: "0.0.0.0:{{ .port }}" }
{{- with .values.metrics.tokenSecret }}
- name: SEPTET_METRICS_TOKEN
  valueFrom:
    secretKeyRef: { name: {{ . }}, key: SEPTET_METRICS_TOKEN }
{{- end }}
{{- end }}

{{/* A process that makes no progress is started again; one that waits for the server or the store is only not ready. Takes a
dictionary with the port that has /health and /ready, the number of looks (one each 5 seconds) in which it must start, the seconds that
such a look waits, and the seconds between two looks whether it is ready. */}}
{{- define "septet.probes" -}}
startupProbe:
  httpGet: { path: /health, port: {{ .port }} }
  periodSeconds: 5
  timeoutSeconds: {{ .wait }}
  failureThreshold: {{ .starts }}
livenessProbe:
  httpGet: { path: /health, port: {{ .port }} }
  periodSeconds: 30
  timeoutSeconds: 10
  failureThreshold: 4
readinessProbe:
  httpGet: { path: /ready, port: {{ .port }} }
  periodSeconds: {{ .pause }}
  timeoutSeconds: 10
{{- end }}
