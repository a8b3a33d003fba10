{{- define "boomerang.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Labels that select a component's pods. Takes (dict "root" $ "component" "worker"). */}}
{{- define "boomerang.selectorLabels" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "boomerang.labels" -}}
{{ include "boomerang.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "boomerang.image" -}}
{{ printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end -}}

{{/* Pod Security "restricted". */}}
{{- define "boomerang.podSecurityContext" -}}
runAsNonRoot: true
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "boomerang.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* Where Redis is. Takes (dict "root" $ "own" (the settings that values give)), which win. */}}
{{- define "boomerang.redisEnv" -}}
{{- $redis := .root.Values.redis -}}
{{- if not (hasKey .own "BOOMERANG_REDIS_URL") }}
- name: BOOMERANG_REDIS_URL
{{- if $redis.builtIn.enabled }}
  value: {{ printf "redis://%s-redis:6379" (include "boomerang.fullname" .root) | quote }}
{{- else if $redis.existingSecret }}
  valueFrom: { secretKeyRef: { name: {{ $redis.existingSecret | quote }}, key: url } }
{{- else }}
  value: {{ required "set redis.url, redis.existingSecret or redis.builtIn.enabled: Boomerang keeps everything in Redis" $redis.url | quote }}
{{- end }}
{{- end }}
{{- if $redis.sentinelMaster }}
- { name: BOOMERANG_REDIS_SENTINEL_MASTER, value: {{ $redis.sentinelMaster | quote }} }
{{- end }}
{{- if $redis.tlsCaSecret }}
- { name: BOOMERANG_REDIS_TLS_CA, value: /etc/boomerang/redis-ca/ca.crt }
{{- end }}
{{- end -}}

{{/* A service's environment. Takes (dict "root" $ "settings" (what values give) "env" (what the chart gives besides, as YAML
     text)). What values give wins over what the chart gives, so that no variable is there twice. */}}
{{- define "boomerang.env" -}}
{{- $settings := .settings -}}
{{- $drain := printf "- { name: BOOMERANG_DRAIN_MS, value: %q }" (toString (mul .root.Values.drainSeconds 1000)) -}}
{{- $given := list (include "boomerang.redisEnv" (dict "root" .root "own" $settings)) $drain (.env | default "") | join "\n" -}}
{{- range fromYamlArray $given }}
{{- if not (hasKey $settings .name) }}
- {{ toJson . }}
{{- end }}
{{- end }}
{{- range $name, $value := $settings }}
{{- if kindIs "map" $value }}
- {{ merge (dict "name" $name) $value | toJson }}
{{- else }}
- { name: {{ $name }}, value: {{ $value | toJson | trimAll "\"" | quote }} }
{{- end }}
{{- end }}
{{- end -}}

{{/* The Deployment of one service. Takes (dict "root" $ "component" … "replicas" … "env" (extra, as YAML text)
     "ports" (list of name and number) "volumes" (list) "mounts" (list)); without replicas an autoscaler sets them. */}}
{{- define "boomerang.deployment" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
{{- $own := index $values .component -}}
{{- $name := printf "%s-%s" (include "boomerang.fullname" $root) .component -}}
{{- /* One by one: to merge two objects would mix what they refer to. */ -}}
{{- $settings := dict -}}
{{- range $from := list $values.env $own.env }}{{ range $key, $value := $from }}{{ $_ := set $settings $key $value }}{{ end }}{{ end -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  labels: {{- include "boomerang.labels" . | nindent 4 }}
spec:
  {{- if .replicas }}
  replicas: {{ .replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  selector:
    matchLabels: {{- include "boomerang.selectorLabels" . | nindent 6 }}
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }
  template:
    metadata:
      labels: {{- include "boomerang.labels" . | nindent 8 }}
      {{- with $own.podAnnotations }}
      annotations: {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      serviceAccountName: {{ include "boomerang.fullname" $root }}
      {{- if or $values.image.pullSecrets $own.imagePullSecrets }}
      imagePullSecrets:
        {{- range $values.image.pullSecrets }}
        - { name: {{ . | quote }} }
        {{- end }}
        {{- range $own.imagePullSecrets }}
        - {{ toJson . }}
        {{- end }}
      {{- end }}
      securityContext: {{- include "boomerang.podSecurityContext" $root | nindent 8 }}
      terminationGracePeriodSeconds: {{ add $values.drainSeconds $values.preStopSeconds 5 }}
      containers:
        - name: {{ .component }}
          image: {{ include "boomerang.image" $root | quote }}
          imagePullPolicy: {{ $values.image.pullPolicy }}
          args: [{{ .component }}]
          env:
            {{- include "boomerang.env" (dict "root" $root "settings" $settings "env" .env) | trim | nindent 12 }}
          {{- with $own.envFrom }}
          envFrom: {{- toYaml . | nindent 12 }}
          {{- end }}
          ports:
            - { name: http, containerPort: 8080 }
            {{- range .ports }}
            - { name: {{ .name }}, containerPort: {{ .number }} }
            {{- end }}
          startupProbe:
            httpGet: { path: /readyz, port: http, scheme: {{ .scheme | default "HTTP" }} }
            periodSeconds: 1
            timeoutSeconds: 3
            failureThreshold: 60
          readinessProbe:
            httpGet: { path: /readyz, port: http, scheme: {{ .scheme | default "HTTP" }} }
            periodSeconds: 3
            timeoutSeconds: 3
            failureThreshold: 2
          # Progress, not an answer: docs/reliability.md. Redis being away doesn't fail it.
          livenessProbe:
            httpGet: { path: /livez, port: http, scheme: {{ .scheme | default "HTTP" }} }
            periodSeconds: 10
            timeoutSeconds: 3
            failureThreshold: 3
          lifecycle:
            preStop: { sleep: { seconds: {{ $values.preStopSeconds }} } }
          resources: {{- toYaml $own.resources | nindent 12 }}
          securityContext: {{- include "boomerang.containerSecurityContext" $root | nindent 12 }}
          {{- $mounts := concat (.mounts | default list) $own.extraVolumeMounts }}
          {{- if or $mounts $values.redis.tlsCaSecret }}
          volumeMounts:
            {{- if $values.redis.tlsCaSecret }}
            - { name: redis-ca, mountPath: /etc/boomerang/redis-ca, readOnly: true }
            {{- end }}
            {{- range $mounts }}
            - {{ toJson . }}
            {{- end }}
          {{- end }}
      {{- $volumes := concat (.volumes | default list) $own.extraVolumes }}
      {{- if or $volumes $values.redis.tlsCaSecret }}
      volumes:
        {{- if $values.redis.tlsCaSecret }}
        - { name: redis-ca, secret: { secretName: {{ $values.redis.tlsCaSecret | quote }} } }
        {{- end }}
        {{- range $volumes }}
        - {{ toJson . }}
        {{- end }}
      {{- end }}
      {{- if $values.topologySpread.enabled }}
      topologySpreadConstraints:
        {{- $selector := dict "matchLabels" (include "boomerang.selectorLabels" . | fromYaml) }}
        {{- range $values.topologySpread.topologyKeys }}
        - maxSkew: 1
          topologyKey: {{ . }}
          whenUnsatisfiable: ScheduleAnyway
          labelSelector: {{ toJson $selector }}
        {{- end }}
      {{- end }}
      {{- with $own.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $own.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $own.affinity }}
      affinity: {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end -}}

{{- define "boomerang.keyPepperEnv" -}}
- name: BOOMERANG_KEY_PEPPER
  valueFrom: { secretKeyRef: { name: {{ .Values.secrets.existingSecret | quote }}, key: key-pepper } }
{{- end -}}

{{- define "boomerang.masterKeyEnv" -}}
- name: BOOMERANG_MASTER_KEY
  valueFrom: { secretKeyRef: { name: {{ .Values.secrets.existingSecret | quote }}, key: master-key } }
{{- end -}}

{{- define "boomerang.callbackEnv" -}}
{{- with .Values.callbackAllow }}
- { name: BOOMERANG_CALLBACK_ALLOW, value: {{ join "," . | quote }} }
{{- end }}
{{- with .Values.callbackDeny }}
- { name: BOOMERANG_CALLBACK_DENY, value: {{ join "," . | quote }} }
{{- end }}
{{- end -}}
