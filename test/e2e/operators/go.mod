module jdos/test/operators

go 1.25.0

require (
	github.com/cloudnative-pg/cloudnative-pg v1.27.0
	k8s.io/minikube v1.36.0
)
