{{/* Names and blocks that several manifests share. */}}

{{- define "heddle.name" -}}
{{- printf "%s-%s" .root.Release.Name .role | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "heddle.selector" -}}
app.kubernetes.io/name: heddle
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end -}}

{{- define "heddle.labels" -}}
{{ include "heddle.selector" . }}
app.kubernetes.io/version: {{ include "heddle.tag" . | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "heddle.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (printf "%s-heddle" .Release.Name) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* The tag of a role's image: its own, or that of all. The topics job has the tools' image. */}}
{{- define "heddle.tag" -}}
{{- $values := index .root.Values (eq .role "tools" | ternary "topics" .role) | default dict -}}
{{- include "heddle.text" ($values.tag | default .root.Values.image.tag) -}}
{{- end -}}

{{- define "heddle.image" -}}
{{ printf "%s/%s:%s" .root.Values.image.repository .role (include "heddle.tag" .) | quote }}
{{- end -}}

{{/* A value as it was written. Helm takes every number of a file for a float and would write 1000000 as 1e+06; a list has commas. */}}
{{- define "heddle.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) -}}
{{- printf "%.0f" . -}}
{{- else if kindIs "slice" . -}}
{{- range $i, $each := . }}{{ if $i }},{{ end }}{{ include "heddle.text" $each }}{{ end -}}
{{- else -}}
{{- toString . -}}
{{- end -}}
{{- end -}}

{{/* A map whose values Kubernetes takes as text only: labels, annotations, selectors. */}}
{{- define "heddle.texts" -}}
{{- range $key, $value := . }}
{{ $key | quote }}: {{ include "heddle.text" $value | quote }}
{{- end }}
{{- end -}}

{{/* One argument pair of each setting, keys with dots or as a tree. */}}
{{- define "heddle.set" -}}
{{- include "heddle.settings" (dict "prefix" "" "settings" .) -}}
{{- end -}}

{{- define "heddle.settings" -}}
{{- $prefix := .prefix }}
{{- range $key, $value := .settings }}
{{- if kindIs "map" $value }}
{{- include "heddle.settings" (dict "prefix" (printf "%s%s." $prefix $key) "settings" $value) }}
{{- else if not (kindIs "invalid" $value) }}
- --set
- {{ printf "%s%s=%s" $prefix $key (include "heddle.text" $value) | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Variables of a role: name: value, or name: {secretKeyRef: …} for what a secret or a config map has. */}}
{{- define "heddle.environment" -}}
{{- with .environment }}
env:
  {{- range $name, $value := . }}
  {{- if kindIs "map" $value }}
  - name: {{ $name }}
    valueFrom: {{ toYaml $value | nindent 6 }}
  {{- else }}
  - {name: {{ $name }}, value: {{ include "heddle.text" $value | quote }}}
  {{- end }}
  {{- end }}
{{- end }}
{{- with .envFrom }}
envFrom: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "heddle.kafkaArguments" -}}
- --bootstrap
- {{ required "kafka.bootstrapServers is required" .Values.kafka.bootstrapServers | quote }}
{{- if .Values.kafka.existingSecret }}
- --config
- /etc/heddle/kafka/{{ .Values.kafka.secretKey }}
{{- end }}
{{- end -}}

{{- define "heddle.topicArguments" -}}
{{ include "heddle.set" (dict "topics.partitions" (int .Values.topics.partitions) "topics.replication" (int .Values.topics.replication) "topics.minInsyncReplicas" (int .Values.topics.minInsyncReplicas) "topics.retention" .Values.topics.retention) }}
{{- end -}}

{{- define "heddle.authArguments" -}}
{{- if not (or .Values.auth.keysUrl .Values.auth.existingSecret) }}
{{- fail "auth.keysUrl or auth.existingSecret is required: nobody can come in without keys to verify tokens with" }}
{{- end }}
{{- $settings := dict "auth.audience" .Values.auth.audience }}
{{- if .Values.auth.keysUrl }}
{{- $_ := set $settings "auth.keysUrl" .Values.auth.keysUrl }}
{{- else }}
{{- $_ := set $settings "auth.keys" "/etc/heddle/auth/keys.json" }}
{{- end }}
{{- $_ := set $settings "auth.issuer" (required "auth.issuer is required" .Values.auth.issuer) }}
{{- include "heddle.set" $settings }}
{{- end -}}

{{- define "heddle.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "heddle.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Alive, ready, and time to start in: an edge rehearses delivery before it is ready. */}}
{{- define "heddle.probes" -}}
startupProbe:
  httpGet: {path: /health/live, port: management}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /health/live, port: management}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
# Three answers in a row decide: a slow answer of a busy process must not send its clients elsewhere.
readinessProbe:
  httpGet: {path: /health/ready, port: management}
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 3
{{- end -}}

{{- define "heddle.mounts" -}}
- name: tmp
  mountPath: /tmp
{{- if .Values.kafka.existingSecret }}
- name: kafka
  mountPath: /etc/heddle/kafka
  readOnly: true
{{- end }}
{{- end -}}

{{- define "heddle.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- if .Values.kafka.existingSecret }}
- name: kafka
  secret:
    secretName: {{ .Values.kafka.existingSecret }}
{{- end }}
{{- end -}}

{{- define "heddle.keysMount" -}}
{{- if and .Values.auth.existingSecret (not .Values.auth.keysUrl) }}
- name: auth
  mountPath: /etc/heddle/auth
  readOnly: true
{{- end }}
{{- end -}}

{{- define "heddle.keysVolume" -}}
{{- if and .Values.auth.existingSecret (not .Values.auth.keysUrl) }}
- name: auth
  secret:
    secretName: {{ .Values.auth.existingSecret }}
{{- end }}
{{- end -}}

{{/* What every pod has besides its containers. */}}
{{- define "heddle.pod" -}}
serviceAccountName: {{ include "heddle.serviceAccount" .root }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
securityContext: {{ include "heddle.podSecurity" . | nindent 2 }}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{ include "heddle.texts" . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "heddle.selector" . | nindent 8 }}
{{- end -}}

{{- define "heddle.annotations" -}}
{{- if .root.Values.scrapeAnnotations }}
prometheus.io/scrape: "true"
prometheus.io/path: /metrics
prometheus.io/port: {{ .port | quote }}
{{- end }}
{{- end -}}

{{/* Fails if an edge's memory limit does not hold limits.connections, by the table "What an edge holds" in docs/operations.md. */}}
{{- define "heddle.checkMemory" -}}
{{- $limits := dig "limits" dict .Values.edge.settings }}
{{- $connections := dig "limits.connections" (dig "connections" 50000 $limits) .Values.edge.settings | int }}
{{- $limit := dig "limits" "memory" "" .Values.edge.resources | toString }}
{{- $mib := 0 }}
{{- if hasSuffix "Gi" $limit }}{{ $mib = mulf (trimSuffix "Gi" $limit | float64) 1024 | int }}{{ end }}
{{- if hasSuffix "Mi" $limit }}{{ $mib = trimSuffix "Mi" $limit | int }}{{ end }}
{{- $need := max (divf (add 310 (div (mul 12 $connections) 1024)) 0.4 | int) (divf (add 550 (div (mul 4 $connections) 1024)) 0.6 | int) }}
{{- if and $mib (lt $mib (int $need)) }}
{{- fail (printf "edge.resources.limits.memory: %s are too little for limits.connections=%d, which need %dMi" $limit $connections $need) }}
{{- end }}
{{- end -}}
