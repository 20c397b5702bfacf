import { controlPlaneNeeds, startControlPlane } from '../support/controlplane.ts'
import { describeWith } from '../support/programs.ts'
import { clusterContract } from './contract.ts'

describeWith(controlPlaneNeeds, 'a real Kubernetes control plane', () => {
  clusterContract(startControlPlane)
})
