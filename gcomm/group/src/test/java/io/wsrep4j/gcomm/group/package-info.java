/**
 * Tests of the group layer, and where each line of the checklist of docs/spec/gcs.md 26 is checked.
 *
 * <table>
 * <caption>Lines and tests</caption>
 * <tr><td>1, 2, 7 to 11, 13, 14</td><td>message.GoldenVectorsTest: messages, cchange, state_request, vote_value, digests, capture_mariadb</td></tr>
 * <tr><td>3 to 6, 19</td><td>FragmentationTest: fragments; ActionsTest</td></tr>
 * <tr><td>12</td><td>AgreementTest</td></tr>
 * <tr><td>15 to 18, 20 to 22, 63, 64</td><td>ActionsTest; 17, 18, 22 and 31 in every seed of SimulationTest and simulation.GroupSimulationTest</td></tr>
 * <tr><td>23 to 25, 27, 28, 30 to 32</td><td>StateExchangeTest</td></tr>
 * <tr><td>26, 29, 33, 52, 53, 55</td><td>GoldenDecisionsTest: quorum, donor, commit_cut, votes</td></tr>
 * <tr><td>34 to 41</td><td>StateTransfersTest; 40 in StateExchangeTest</td></tr>
 * <tr><td>42, 45, 46, 48, 49</td><td>flow.FlowControlTest: fc_limits; flow.VirtualQueueTest</td></tr>
 * <tr><td>43, 44, 47, 50, 51</td><td>PausesTest, and beside real servers tests.group.RealGaleraGroupTest</td></tr>
 * <tr><td>54, 56 to 60</td><td>AgreementTest</td></tr>
 * <tr><td>61</td><td>simulation.BackendPromisesTest: B1 to B24, each as a property; over TCP and in memory GroupChannelContract</td></tr>
 * <tr><td>62</td><td>does not arise: a GroupListener is handed each message whole; the longest one in GroupChannelContract</td></tr>
 * <tr><td>65, 67, 68</td><td>tests.group.AmongGaleraNodesTest: every field of a STATE message as a real server logs it, its donors and its commit cuts line by line</td></tr>
 * <tr><td>66</td><td>ActionsTest, with a member of our own that knows protocol 3 only; a real 26.4.18 was not to be had</td></tr>
 * </table>
 */
package io.wsrep4j.gcomm.group;
