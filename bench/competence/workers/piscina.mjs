import perform from './perform.cjs';

export default perform;
