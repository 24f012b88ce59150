# The image of mpijob.yaml: archangel, Open MPI, and the SSH by which its mpirun starts ranks in other pods.
FROM node:22-bookworm-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends openmpi-bin openssh-client openssh-server \
 && rm -rf /var/lib/apt/lists/* \
 && mkdir -p /run/sshd \
 # Keys are mounted from a Secret, and the names of pods are new in every job.
 && printf '    StrictHostKeyChecking no\n    UserKnownHostsFile /dev/null\n' >> /etc/ssh/ssh_config \
 && echo 'StrictModes no' >> /etc/ssh/sshd_config
RUN npm install --global --ignore-scripts @halokit/archangel
