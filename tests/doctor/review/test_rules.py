"""Each rule has a manifest in which it fires, on the right container, and a near miss in which it stays silent."""

import pytest

from kubectl_mc.doctor.catalogue import KINDS, REVIEW
from kubectl_mc.doctor.finding import Grade
from tests.doctor.review.reviewed import containers, findings, found, pod

APP = "- {name: app, image: app:1}"

FIRES_AND_DOESNT: list[tuple[str, str, str, str]] = [
    # id, the container it names, a manifest in which it fires, one in which it doesn't
    (
        "no-requests",
        "side",
        pod("""
            containers:
            - name: app
              resources: {requests: {cpu: 1, memory: 1Gi}}
            - name: side
              resources: {requests: {cpu: 1}}
            """),
        pod("""
            initContainers:
            - name: once
            containers:
            - name: app
              resources: {requests: {cpu: 1, memory: 1Gi}}
            - name: side
              resources: {limits: {cpu: 1, memory: 1Gi}}
            """),
    ),
    (
        "no-requests",
        "app",
        pod(f"containers:\n{APP}"),
        pod(f"resources: {{requests: {{cpu: 1, memory: 1Gi}}}}\ncontainers:\n{APP}"),
    ),
    (
        "no-limits",
        "app",
        pod("containers:\n- name: app\n  resources: {limits: {cpu: 1}}"),
        pod("containers:\n- name: app\n  resources: {limits: {memory: 1Gi}}"),
    ),
    (
        "init-asks-most",
        "import",
        pod("""
            initContainers:
            - name: import
              resources: {requests: {cpu: 3}}
            containers:
            - name: app
              resources: {requests: {cpu: 1}}
            - name: side
              resources: {requests: {cpu: 1}}
            """),
        pod("""
            initContainers:
            - name: import
              resources: {requests: {cpu: 2}}
            - name: late
              restartPolicy: Always
              resources: {requests: {cpu: 1}}
            containers:
            - name: app
              resources: {requests: {cpu: 1}}
            """),
    ),
    (
        "no-readiness-probe",
        "app",
        pod("""
            containers:
            - name: app
              ports: [{containerPort: 8080}]
            - name: proxy
              ports: [{containerPort: 15000}]
              readinessProbe: {tcpSocket: {port: 15000}}
            """),
        pod("""
            containers:
            - name: app
              ports: [{containerPort: 8080}]
              readinessProbe: {tcpSocket: {port: 8080}}
            - name: log-shipper
            """),
    ),
    (
        "no-readiness-probe",
        "app",
        pod("containers:\n- {name: app, ports: [{containerPort: 8080}]}"),
        pod("restartPolicy: Never\ncontainers:\n- {name: app, ports: [{containerPort: 8080}]}"),
    ),
    (
        "no-liveness-probe",
        "app",
        pod(f"containers:\n{APP}"),
        pod("containers:\n- name: app\n  livenessProbe: {exec: {command: [check]}}"),
    ),
    (
        "probes-identical",
        "app",
        pod("""
            containers:
            - name: app
              readinessProbe: {httpGet: {path: /, port: 80}}
              livenessProbe: {httpGet: {path: /, port: 80}}
            """),
        pod("""
            containers:
            - name: app
              readinessProbe: {httpGet: {path: /, port: 80}}
              livenessProbe: {httpGet: {path: /, port: 80}, failureThreshold: 10}
            """),
    ),
    (
        "probe-wrong-container",
        "app",
        pod("""
            containers:
            - name: app
              ports: [{containerPort: 8080}]
              readinessProbe: {httpGet: {path: /, port: 9000}}
            - name: proxy
              ports: [{containerPort: 9000}]
            """),
        pod("""
            containers:
            - name: app
              ports: [{containerPort: 8080}, {containerPort: 9000}]
              readinessProbe: {httpGet: {path: /, port: 9000}}
            - name: proxy
              ports: [{containerPort: 9001}]
            """),
    ),
    (
        "probe-port-unknown",
        "app",
        pod("""
            containers:
            - name: app
              livenessProbe: {tcpSocket: {port: http}}
            - name: proxy
              ports: [{name: http, containerPort: 80}]
            """),
        pod("""
            containers:
            - name: app
              ports: [{name: http, containerPort: 80}]
              livenessProbe: {tcpSocket: {port: http}}
            """),
    ),
    (
        "init-with-probe",
        "setup",
        pod(f"initContainers:\n- name: setup\n  livenessProbe: {{exec: {{command: [a]}}}}\ncontainers:\n{APP}"),
        pod(f"""
initContainers:
- name: setup
  restartPolicy: Always
  livenessProbe: {{exec: {{command: [a]}}}}
containers:
{APP}"""),
    ),
    (
        "port-conflict",
        "admin",
        pod("""
            containers:
            - name: web
              ports: [{containerPort: 8080}]
            - name: admin
              ports: [{containerPort: 8080}]
            """),
        pod("""
            containers:
            - name: web
              ports: [{containerPort: 8080}]
            - name: admin
              ports: [{containerPort: 8080, protocol: UDP}]
            """),
    ),
    (
        "port-conflict",
        "admin",
        pod("""
            containers:
            - name: web
              ports: [{containerPort: 8080}]
            - name: admin
              command: [admin, --port=8080]
            """),
        pod("""
            initContainers:
            - name: once
              ports: [{containerPort: 8080}]
            containers:
            - name: web
              ports: [{containerPort: 8080}]
            """),
    ),
    (
        "port-conflict",
        "b",
        pod("containers:\n- {name: a, image: 'redis:7'}\n- {name: b, image: 'redis:6'}"),
        pod("containers:\n- {name: a, image: 'redis:7'}\n- {name: b, image: 'redis:6', args: [--port, '6380']}"),
    ),
    (
        "host-port-conflict",
        "b",
        pod("""
            containers:
            - name: a
              ports: [{containerPort: 1, hostPort: 80}]
            - name: b
              ports: [{containerPort: 2, hostPort: 80}]
            """),
        pod("""
            containers:
            - name: a
              ports: [{containerPort: 1, hostPort: 80, hostIP: 10.0.0.1}]
            - name: b
              ports: [{containerPort: 2, hostPort: 80, hostIP: 10.0.0.2}]
            """),
    ),
    (
        "port-name-conflict",
        "b",
        pod("""
            containers:
            - name: a
              ports: [{name: http, containerPort: 1}]
            - name: b
              ports: [{name: http, containerPort: 2}]
            """),
        pod("""
            containers:
            - name: a
              ports: [{name: http, containerPort: 1}, {containerPort: 3}]
            - name: b
              ports: [{name: admin, containerPort: 2}, {containerPort: 4}]
            """),
    ),
    (
        "container-name-conflict",
        "app",
        pod(f"initContainers:\n{APP}\ncontainers:\n{APP}"),
        pod(f"initContainers:\n- name: setup\ncontainers:\n{APP}"),
    ),
    (
        "sibling-by-name",
        "app",
        pod("""
            containers:
            - name: app
              env: [{name: CACHE_URL, value: "redis://cache:6379/0"}]
            - name: cache
              image: redis:7
            """),
        pod("""
            containers:
            - name: app
              env: [{name: CACHE_URL, value: "redis://cache.prod:6379/0"}, {name: MODE, value: cache}]
            - name: cache
              image: redis:7
            """),
    ),
    (
        "sibling-by-name",
        "app",
        pod("containers:\n- {name: app, env: [{name: DB_HOST, value: db}]}\n- name: db"),
        pod(
            "containers:\n- {name: app, env: [{name: DB_HOST, value: db}]}\n- name: db",
            "---\nkind: Service\nmetadata: {name: db}\n",
        ),
    ),
    (
        "metrics-port-unknown",
        "",
        """
        kind: Pod
        metadata: {annotations: {prometheus.io/scrape: "true", prometheus.io/port: "9113"}}
        spec: {containers: [{name: app, ports: [{containerPort: 8080}]}]}
        """,
        """
        kind: Pod
        metadata: {annotations: {prometheus.io/scrape: "true", prometheus.io/port: "9113"}}
        spec: {containers: [{name: app, ports: [{containerPort: 9113}]}]}
        """,
    ),
    (
        "volume-undefined",
        "app",
        pod("containers:\n- name: app\n  volumeMounts: [{name: data, mountPath: /data}]"),
        """
        kind: StatefulSet
        spec:
          template:
            spec:
              containers: [{name: app, volumeMounts: [{name: data, mountPath: /data}]}]
          volumeClaimTemplates: [{metadata: {name: data}}]
        """,
    ),
    (
        "volume-unused",
        "",
        pod(f"containers:\n{APP}\nvolumes: [{{name: data, emptyDir: {{}}}}]"),
        pod("""
            containers:
            - name: app
              volumeDevices: [{name: data, devicePath: /dev/x}]
            volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
            """),
    ),
    (
        "volume-unwritten",
        "log-agent",
        pod("""
            containers:
            - name: app
            - name: log-agent
              volumeMounts: [{name: logs, mountPath: /var/log}]
            volumes: [{name: logs, emptyDir: {}}]
            """),
        pod("""
            containers:
            - name: app
              volumeMounts: [{name: logs, mountPath: /var/log}]
            - name: log-agent
              volumeMounts: [{name: logs, mountPath: /var/log}]
            volumes: [{name: logs, emptyDir: {}}]
            """),
    ),
    (
        "volume-unwritten",
        "a",
        pod("""
            containers:
            - name: a
              volumeMounts: [{name: data, mountPath: /data, readOnly: true}]
            - name: b
              volumeMounts: [{name: data, mountPath: /data, readOnly: true}]
            volumes: [{name: data, emptyDir: {}}]
            """),
        pod("""
            containers:
            - name: a
              volumeMounts: [{name: data, mountPath: /data, readOnly: true}]
            - name: b
              volumeMounts: [{name: data, mountPath: /data, readOnly: true}]
            volumes: [{name: data, configMap: {name: data}}]
            """),
    ),
    (
        "volume-unwritten",
        "reader",
        pod("""
            containers:
            - {name: reader, args: [--config=/etc/app/a], volumeMounts: [{name: conf, mountPath: /etc/app}]}
            volumes: [{name: conf, emptyDir: {}}]
            """),
        pod("""
            containers:
            - {name: reader, args: [--cert-dir=/tmp], volumeMounts: [{name: tmp-dir, mountPath: /tmp}]}
            volumes: [{name: tmp-dir, emptyDir: {}}]
            """),
    ),
    (
        "volume-of-one",
        "writer",
        pod("""
            containers:
            - name: writer
              command: [sh, -c, "while true; do date > /out/now; sleep 1; done"]
              volumeMounts: [{name: out, mountPath: /out}]
            - name: reader
            volumes: [{name: out, emptyDir: {}}]
            """),
        pod("""
            containers:
            - name: writer
              command: [sh, -c, "while true; do date > /tmp/now; sleep 1; done"]
              volumeMounts: [{name: scratch, mountPath: /tmp}]
            - name: reader
            volumes: [{name: scratch, emptyDir: {}}]
            """),
    ),
    (
        "volume-read-only",
        "writer",
        pod("""
            containers:
            - name: writer
              command: [sh, -c, "date > /out/now"]
              volumeMounts: [{name: out, mountPath: /out, readOnly: true}]
            volumes: [{name: out, emptyDir: {}}]
            """),
        pod("""
            containers:
            - name: writer
              command: [sh, -c, "cat /out/now > /out/sub/then"]
              volumeMounts:
              - {name: out, mountPath: /out, readOnly: true}
              - {name: sub, mountPath: /out/sub}
            volumes: [{name: out, emptyDir: {}}, {name: sub, emptyDir: {}}]
            """),
    ),
    (
        "volume-permission",
        "app",
        pod("""
            initContainers:
            - name: seed
              command: [mkdir, /data/uploads]
              volumeMounts: [{name: data, mountPath: /data}]
            containers:
            - name: app
              securityContext: {runAsUser: 1000}
              volumeMounts: [{name: data, mountPath: /data}]
            volumes: [{name: data, emptyDir: {}}]
            """),
        pod("""
            securityContext: {fsGroup: 1000}
            initContainers:
            - name: seed
              command: [mkdir, /data/uploads]
              volumeMounts: [{name: data, mountPath: /data}]
            containers:
            - name: app
              securityContext: {runAsUser: 1000}
              volumeMounts: [{name: data, mountPath: /data}]
            volumes: [{name: data, emptyDir: {}}]
            """),
    ),
    (
        "volume-permission",
        "app",
        pod("""
            securityContext: {runAsUser: 1000}
            containers:
            - name: app
              volumeMounts: [{name: data, mountPath: /data}]
            volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
            """),
        pod("""
            securityContext: {runAsUser: 1000}
            initContainers:
            - name: permissions
              command: [chown, -R, "1000", /data]
              securityContext: {runAsUser: 0}
              volumeMounts: [{name: data, mountPath: /data}]
            containers:
            - name: app
              volumeMounts: [{name: data, mountPath: /data}]
            volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
            """),
    ),
    (
        "host-path-shared",
        "",
        pod("""
            containers:
            - name: a
              command: [sh, -c, "date > /data/now"]
              volumeMounts: [{name: data, mountPath: /data}]
            - name: b
              volumeMounts: [{name: data, mountPath: /data}]
            volumes: [{name: data, hostPath: {path: /srv}}]
            """),
        pod("""
            containers:
            - name: a
              command: [sh, -c, "cat /data/now"]
              volumeMounts: [{name: data, mountPath: /data, readOnly: true}]
            - name: b
              volumeMounts: [{name: data, mountPath: /data, readOnly: true}]
            volumes: [{name: data, hostPath: {path: /etc/ssl}}]
            """),
    ),
    (
        "several-processes",
        "app",
        pod('containers:\n- name: app\n  command: [sh, -c, "redis-server & python app.py"]'),
        pod('containers:\n- name: app\n  command: [sh, -c, "mkdir -p /run/x; cd /app; exec python app.py"]'),
    ),
    (
        "several-processes",
        "app",
        pod('containers:\n- name: app\n  command: [sh, -c, "alembic upgrade head && exec gunicorn app"]'),
        pod(f"""
initContainers:
- name: migrate
  command: [sh, -c, "alembic upgrade head && alembic check"]
containers:
{APP}"""),
    ),
    (
        "several-processes",
        "app",
        pod("containers:\n- name: app\n  command: [/usr/bin/supervisord, -c, /etc/supervisord.conf]"),
        pod("containers:\n- name: app\n  command: [tini, --, app]"),
    ),
    (
        "too-many-containers",
        "",
        pod("containers: [{name: a}, {name: b}, {name: c}, {name: d}, {name: e}, {name: f}]"),
        pod("initContainers: [{name: i}]\ncontainers: [{name: a}, {name: b}, {name: c}, {name: d}, {name: e}]"),
    ),
    (
        "log-collectors",
        "promtail",
        pod("""
            containers:
            - {name: app, volumeMounts: [{name: logs, mountPath: /logs}]}
            - {name: fluent-bit, image: fluent/fluent-bit:3, volumeMounts: [{name: logs, mountPath: /logs}]}
            - {name: promtail, image: grafana/promtail:3, volumeMounts: [{name: logs, mountPath: /logs}]}
            volumes: [{name: logs, emptyDir: {}}]
            """),
        pod("""
            containers:
            - name: app
              volumeMounts: [{name: logs, mountPath: /logs}, {name: audit, mountPath: /audit}]
            - {name: fluent-bit, image: fluent/fluent-bit:3, volumeMounts: [{name: logs, mountPath: /logs}]}
            - {name: promtail, image: grafana/promtail:3, volumeMounts: [{name: audit, mountPath: /audit}]}
            volumes: [{name: logs, emptyDir: {}}, {name: audit, emptyDir: {}}]
            """),
    ),
    (
        "image-tag",
        "app",
        pod("containers:\n- {name: app, image: 'registry:5000/app'}"),
        pod("containers:\n- {name: app, image: 'registry:5000/app:1'}"),
    ),
    (
        "image-tag",
        "app",
        pod("containers:\n- {name: app, image: 'app:latest'}"),
        pod(f"containers:\n- {{name: app, image: 'app:latest@sha256:{'0' * 64}'}}"),
    ),
    ("no-image", "app", pod("containers:\n- name: app"), pod(f"containers:\n{APP}")),
    (
        "secret-in-env",
        "app",
        pod("containers:\n- name: app\n  env: [{name: DB_PASSWORD, value: hunter2}]"),
        pod("""
            containers:
            - name: app
              env:
              - {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
              - {name: DB_PASSWORD_FILE, value: /run/secrets/db}
              - {name: TOKEN_TTL, value: "3600"}
              - {name: AUTH_TOKEN, value: $(DB_PASSWORD)}
              - {name: DB_URL, value: "postgres://app:$(DB_PASSWORD)@db/app"}
            """),
    ),
    (
        "secret-in-env",
        "app",
        pod("containers:\n- name: app\n  args: [--db, 'postgres://app:hunter2@db/app']"),
        pod("containers:\n- name: app\n  args: [--db, 'postgres://db/app', --token, $(TOKEN)]"),
    ),
    (
        "init-stuck",
        "proxy",
        pod(f"initContainers:\n- {{name: proxy, image: 'nginx:1'}}\ncontainers:\n{APP}"),
        pod(f"initContainers:\n- {{name: proxy, image: 'nginx:1', restartPolicy: Always}}\ncontainers:\n{APP}"),
    ),
    (
        "init-stuck",
        "wait",
        pod(f"initContainers:\n- name: wait\n  command: [sh, -c, 'while true; do sleep 1; done']\ncontainers:\n{APP}"),
        pod(f"""
initContainers:
- name: wait
  command: [sh, -c, 'while true; do nslookup db && break; sleep 1; done']
containers:
{APP}"""),
    ),
    (
        "init-stuck",
        "follow",
        pod(f"initContainers:\n- name: follow\n  command: [tail, -f, /log]\ncontainers:\n{APP}"),
        pod(f"initContainers:\n- name: follow\n  command: [tail, -n, '5', /log]\ncontainers:\n{APP}"),
    ),
    (
        "init-waits-for-later",
        "wait",
        pod("""
            initContainers:
            - name: wait
              command: [sh, -c, "until nc -z localhost 5432; do sleep 1; done"]
            containers:
            - name: db
              ports: [{containerPort: 5432}]
            """),
        pod("""
            initContainers:
            - name: db
              restartPolicy: Always
              ports: [{containerPort: 5432}]
            - name: wait
              command: [sh, -c, "until nc -z localhost 5432; do sleep 1; done"]
            containers:
            - name: app
            """),
    ),
    (
        "init-hides-failure",
        "get",
        pod(f"""
initContainers:
- name: get
  command: [sh, -c, "wget -O /a http://x/a\\nwget -O /b http://x/b"]
containers:
{APP}"""),
        pod(f"""
initContainers:
- name: get
  command: [sh, -c, "set -e\\nwget -O /a http://x/a\\nwget -O /b http://x/b"]
containers:
{APP}"""),
    ),
    (
        "init-hides-failure",
        "get",
        pod(f"initContainers:\n- name: get\n  command: [curl, -o, /a, http://x/a]\ncontainers:\n{APP}"),
        pod(f"initContainers:\n- name: get\n  command: [curl, -fsSo, /a, http://x/a]\ncontainers:\n{APP}"),
    ),
    (
        "init-not-retried",
        "setup",
        pod(f"restartPolicy: Never\ninitContainers:\n- name: setup\ncontainers:\n{APP}"),
        pod(f"initContainers:\n- name: setup\ncontainers:\n{APP}"),
    ),
    (
        "start-order",
        "db-proxy",
        pod("""
            containers:
            - name: app
              env: [{name: DB_HOST, value: localhost}, {name: DB_PORT, value: "5432"}]
            - name: db-proxy
              ports: [{containerPort: 5432}]
            """),
        pod("""
            initContainers:
            - name: db-proxy
              restartPolicy: Always
              ports: [{containerPort: 5432}]
            containers:
            - name: app
              env: [{name: DB_HOST, value: localhost}, {name: DB_PORT, value: "5432"}]
            """),
    ),
    (
        "app-before-sidecar",
        "db-proxy",
        pod("""
            initContainers:
            - name: db-proxy
              restartPolicy: Always
              ports: [{containerPort: 5432}]
            containers:
            - name: app
              env: [{name: DB_HOST, value: localhost}, {name: DB_PORT, value: "5432"}]
            """),
        pod("""
            initContainers:
            - name: db-proxy
              restartPolicy: Always
              ports: [{containerPort: 5432}]
              startupProbe: {tcpSocket: {port: 5432}}
            - name: backup
              restartPolicy: Always
            containers:
            - name: app
              env: [{name: DB_HOST, value: localhost}, {name: DB_PORT, value: "5432"}]
            """),
    ),
    (
        "job-held-by-sidecar",
        "proxy",
        """
        kind: Job
        spec: {template: {spec: {restartPolicy: Never, containers: [{name: work}, {name: proxy, image: "nginx:1"}]}}}
        """,
        """
        kind: Job
        spec:
          template:
            spec:
              restartPolicy: Never
              initContainers: [{name: proxy, image: "nginx:1", restartPolicy: Always}]
              containers: [{name: work}, {name: second}]
        """,
    ),
    (
        "job-held-by-sidecar",
        "istio-proxy",
        """
        kind: CronJob
        spec:
          jobTemplate:
            spec: {template: {spec: {restartPolicy: Never, containers: [{name: work}, {name: istio-proxy}]}}}
        """,
        """
        kind: CronJob
        spec:
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers:
                  - name: work
                    command: [sh, -c, "work; curl -XPOST localhost:15020/quitquitquit"]
                  - name: istio-proxy
        """,
    ),
    (
        "sidecar-misplaced",
        "proxy",
        pod("containers:\n- name: app\n- {name: proxy, restartPolicy: Always}"),
        pod("initContainers:\n- {name: proxy, restartPolicy: Always}\ncontainers:\n- name: app"),
    ),
    (
        "config-key-missing",
        "app",
        pod(
            "containers:\n- name: app\n  env: [{name: A, valueFrom: {configMapKeyRef: {name: c, key: hots}}}]",
            "---\nkind: ConfigMap\nmetadata: {name: c}\ndata: {host: a}\n",
        ),
        pod(
            """
            containers:
            - name: app
              env:
              - {name: A, valueFrom: {configMapKeyRef: {name: c, key: host}}}
              - {name: B, valueFrom: {configMapKeyRef: {name: c, key: port, optional: true}}}
              - {name: C, valueFrom: {configMapKeyRef: {name: elsewhere, key: port}}}
            """,
            "---\nkind: ConfigMap\nmetadata: {name: c}\ndata: {host: a}\n",
        ),
    ),
    (
        "config-key-missing",
        "app",
        pod(
            """
            containers:
            - name: app
              volumeMounts: [{name: c, mountPath: /app.yaml, subPath: app.yml}]
            volumes: [{name: c, configMap: {name: c}}]
            """,
            "---\nkind: ConfigMap\nmetadata: {name: c}\ndata: {app.yaml: a}\n",
        ),
        pod(
            """
            containers:
            - name: app
              volumeMounts: [{name: c, mountPath: /app.yaml, subPath: app.yaml}]
            volumes: [{name: c, configMap: {name: c}}]
            """,
            "---\nkind: ConfigMap\nmetadata: {name: c}\ndata: {app.yaml: a}\n",
        ),
    ),
    (
        "variable-undefined",
        "app",
        pod("containers:\n- name: app\n  env: [{name: A, value: $(B)}, {name: B, value: $(A)}]"),
        pod("containers:\n- name: app\n  env: [{name: B, value: b}, {name: A, value: $(B)}]"),
    ),
    (
        "variable-undefined",
        "app",
        pod("containers:\n- name: app\n  args: [--db=$(DB_URL)]"),
        pod("""
            containers:
            - name: app
              command: [bash, -ecx, "echo $(date) $$(X)"]
              args: [$$(ESCAPED), $(CACHE_SERVICE_HOST)]
            - name: side
              envFrom: [{secretRef: {name: s}}]
              args: [$(ANY)]
            """),
    ),
    (
        "shared-processes",
        "",
        pod("shareProcessNamespace: true\ncontainers: [{name: a}, {name: b}]"),
        pod("shareProcessNamespace: true\ncontainers: [{name: a}]"),
    ),
    (
        "signals-lost",
        "app",
        pod("containers:\n- name: app\n  command: [sh, -c, 'cd /app; python app.py']"),
        pod("containers:\n- name: app\n  command: [sh, -c, 'cd /app; exec python app.py']"),
    ),
    (
        "signals-lost",
        "app",
        pod("containers:\n- name: app\n  command: [sh, -c, 'while true; do work; sleep 9; done']"),
        pod(
            "containers:\n- name: app\n  command: [sh, -c, 'trap exit TERM; while true; do work; sleep 9 & wait; done']"
        ),
    ),
    (
        "pre-stop-slow",
        "app",
        pod("containers:\n- name: app\n  lifecycle: {preStop: {sleep: {seconds: 30}}}"),
        pod(
            "terminationGracePeriodSeconds: 60\ncontainers:\n- name: app\n"
            "  lifecycle: {preStop: {sleep: {seconds: 30}}}"
        ),
    ),
    (
        "pre-stop-slow",
        "app",
        pod("containers:\n- name: app\n  lifecycle: {preStop: {exec: {command: [sh, -c, 'sleep 45; stop']}}}"),
        pod("containers:\n- name: app\n  lifecycle: {preStop: {exec: {command: [sh, -c, 'sleep 5; stop']}}}"),
    ),
    (
        "no-pre-stop",
        "app",
        """
        kind: Deployment
        spec: {template: {spec: {containers: [{name: app, ports: [{containerPort: 80}]}]}}}
        """,
        """
        kind: Deployment
        spec:
          template:
            spec:
              containers: [{name: app, ports: [{containerPort: 80}], lifecycle: {preStop: {sleep: {seconds: 5}}}}]
        """,
    ),
    (
        "wrong-type",
        "app",
        pod("containers:\n- name: app\n  env: [{name: PORT, value: 8080}]"),
        pod("containers:\n- name: app\n  env: [{name: PORT, value: '8080'}, {name: EMPTY, value: null}]"),
    ),
    (
        "wrong-type",
        "app",
        pod("containers:\n- name: app\n  args: [--debug, yes]"),
        pod("containers:\n- name: app\n  args: [--debug, 'yes', 12:30]"),
    ),
    (
        "wrong-type",
        "app",
        pod("containers:\n- name: app\n  command: sleep 5"),
        pod("containers:\n- name: app\n  command: [sleep, '5']"),
    ),
    (
        "selector-mismatch",
        "",
        """
        kind: Deployment
        spec:
          selector: {matchLabels: {app: web}}
          template: {metadata: {labels: {app: wep}}, spec: {containers: [{name: app}]}}
        """,
        """
        kind: Deployment
        spec:
          selector: {matchLabels: {app: web}}
          template: {metadata: {labels: {app: web, tier: front}}, spec: {containers: [{name: app}]}}
        """,
    ),
    (
        "restart-policy",
        "",
        "kind: Job\nspec: {template: {spec: {containers: [{name: app}]}}}",
        "kind: Job\nspec: {template: {spec: {restartPolicy: OnFailure, containers: [{name: app}]}}}",
    ),
    (
        "restart-policy",
        "",
        "kind: Deployment\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: app}]}}}",
        "kind: Deployment\nspec: {template: {spec: {restartPolicy: Always, containers: [{name: app}]}}}",
    ),
    (
        "unknown-field",
        "app",
        pod("containers:\n- name: app\n  readinesProbe: {exec: {command: [a]}}"),
        pod("containers:\n- name: app\n  readinessProbe: {exec: {command: [a]}}"),
    ),
    (
        "unknown-field",
        "app",
        pod("containers:\n- name: app\n  livenessProbe: {exec: {command: [a]}, failureTreshold: 3}"),
        pod("containers:\n- name: app\n  livenessProbe: {exec: {command: [a]}, failureThreshold: 3}"),
    ),
    (
        "unknown-field",
        "",
        pod("containers:\n- name: app\nvolumeMounts: [{name: a, mountPath: /a}]"),
        pod("containers:\n- name: app\nhostname: a"),
    ),
    (
        "request-above-limit",
        "app",
        pod("containers:\n- name: app\n  resources: {requests: {memory: 1Gi}, limits: {memory: 512Mi}}"),
        pod("containers:\n- name: app\n  resources: {requests: {memory: 512Mi}, limits: {memory: 0.5Gi}}"),
    ),
    ("no-containers", "", "kind: Job\nspec: {template: {spec: {restartPolicy: Never}}}", pod(f"containers:\n{APP}")),
]


@pytest.mark.parametrize(
    ("id_", "container", "fires"),
    [(id_, container, fires) for id_, container, fires, _ in FIRES_AND_DOESNT],
    ids=[f"{number}-{case[0]}" for number, case in enumerate(FIRES_AND_DOESNT)],
)
def test_a_rule_fires_on_the_guilty_container(id_: str, container: str, fires: str) -> None:
    remarks = found(fires, id_)

    assert container in containers(remarks), [finding.summary for finding in remarks]


@pytest.mark.parametrize(
    ("id_", "silent"),
    [(id_, silent) for id_, _, _, silent in FIRES_AND_DOESNT],
    ids=[f"{number}-{case[0]}" for number, case in enumerate(FIRES_AND_DOESNT)],
)
def test_a_rule_stays_silent_on_a_near_miss(id_: str, silent: str) -> None:
    assert not [finding.summary for finding in found(silent, id_)]


def test_every_id_of_the_review_fires_somewhere_here() -> None:
    assert {kind.id for kind in REVIEW} - {"duplicate-key"} <= {case[0] for case in FIRES_AND_DOESNT}
    assert {case[0] for case in FIRES_AND_DOESNT} <= KINDS.keys()


def test_the_value_of_a_secret_is_nowhere_in_its_finding() -> None:
    [finding] = found(pod("containers:\n- name: app\n  env: [{name: API_KEY, value: hunter2}]"), "secret-in-env")

    assert "hunter2" not in repr(finding)


def test_a_port_that_one_declares_for_another_may_be_no_conflict() -> None:
    [finding] = found(
        pod("""
            containers:
            - {name: driver, ports: [{name: healthz, containerPort: 9898}]}
            - {name: liveness-probe, args: [--health-port=9898]}
            """),
        "port-conflict",
    )

    assert finding.grade is Grade.WARNING


def test_paths_in_the_evidence_are_those_of_the_whole_document() -> None:
    [finding] = found(
        "kind: Deployment\nspec: {template: {spec: {containers: [{name: app, image: app}]}}}", "image-tag"
    )

    assert finding.at == "spec.template.spec.containers[0].image"
    assert finding.evidence == ("spec.template.spec.containers[0].image: app",)


def test_every_finding_says_what_to_write_instead_and_its_sentence_has_no_full_stop() -> None:
    for _, _, fires, _ in FIRES_AND_DOESNT:
        for finding in findings(fires):
            assert finding.instead, finding.id
            assert not finding.summary.endswith("."), finding.summary


def test_a_field_that_is_like_none_may_be_one_of_a_newer_version() -> None:
    assert not found(pod("containers:\n- name: app\n  fieldOfTheFuture: 1\nanotherOne: 2"), "unknown-field")


def test_a_probe_at_the_wrong_door_is_no_model_for_another_probe() -> None:
    wrong = pod("""
        containers:
        - name: app
          readinessProbe: {httpGet: {path: /, port: 9000}}
        - name: proxy
          ports: [{containerPort: 9000}]
        """)
    [finding] = [each for each in findings(wrong) if (each.id, each.container) == ("no-liveness-probe", "app")]

    assert "9000" not in finding.instead
