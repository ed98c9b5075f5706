@Grab('org.example:evil:1.0')
import org.example.Evil

pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
