import { objectOf, objectsOf, textOf } from '../json.ts';
import { type Command, idOf, regionOfZone, tagsOf, timeOf } from './answer.ts';

/** Instances come in reservations: what one launch request made, with the account that owns it. */
export const instances: Command = {
  name: 'describe-instances',
  key: 'Reservations',
  read: (reservations, answer, draft) => {
    for (const reservation of reservations) {
      for (const item of objectsOf(reservation.Instances)) {
        const id = idOf(item, 'InstanceId', 'describe-instances', answer, draft);
        if (id === null) continue;
        const vpcId = textOf(item.VpcId);
        draft.noteVpcRegion(vpcId, regionOfZone(objectOf(item.Placement).AvailabilityZone));
        draft.instances.put(answer.source, {
          id,
          accountId: textOf(reservation.OwnerId),
          instanceType: textOf(item.InstanceType),
          vpcId,
          state: textOf(objectOf(item.State).Name),
          launchTime: timeOf(item.LaunchTime),
          ...tagsOf(item.Tags),
        });
      }
    }
  },
};
