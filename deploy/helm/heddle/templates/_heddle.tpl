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
app.kubernetes.io/version: {{ .root.Values.image.tag | quote }}
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

{{- define "heddle.image" -}}
{{ printf "%s/%s:%s" .root.Values.image.repository .role (toString .root.Values.image.tag) | quote }}
{{- end -}}

{{/* One argument pair of each setting. */}}
{{- define "heddle.set" -}}
{{- range $key, $value := . }}
- --set
- {{ printf "%s=%s" $key (toString $value) | quote }}
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
readinessProbe:
  httpGet: {path: /health/ready, port: management}
  periodSeconds: 2
  failureThreshold: 1
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
nodeSelector: {{ toYaml . | nindent 2 }}
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
